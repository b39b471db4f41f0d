// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import io.evenkeel.autoconfigure.properties.ClientNames;
import io.evenkeel.autoconfigure.properties.ConfiguredKeys;
import io.evenkeel.autoconfigure.properties.UniqueNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.core.env.Environment;

/** Explains that an HTTP client asks for an SSL bundle that nobody configured: who asks, and which bundles there are. */
final class MissingSslBundleFailureAnalyzer extends AbstractFailureAnalyzer<NoSuchSslBundleException> {

    private static final String CLIENTS = "spring.http.clients";
    private static final String SERVICE_CLIENTS = "spring.http.serviceclient";
    private static final String BUNDLES = "spring.ssl.bundle";

    private final Environment environment;
    private final ConfiguredKeys configured;

    MissingSslBundleFailureAnalyzer(Environment environment) {
        this.environment = environment;
        this.configured = new ConfiguredKeys(environment);
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, NoSuchSslBundleException cause) {
        List<String> users = keysThatName(cause.getBundleName());
        // Without such a key the bundle was asked for by something else, a web server for one.
        if (users.isEmpty()) {
            return null;
        }
        String description = "An HTTP client is to use the SSL bundle '%s', named by %s, but there is no such bundle."
                .formatted(cause.getBundleName(), String.join(" and ", users));
        return new FailureAnalysis(description, action(cause.getBundleName()), cause);
    }

    private String action(String missing) {
        TreeSet<String> known = new TreeSet<>();
        known.addAll(elements(BUNDLES + ".pem"));
        known.addAll(elements(BUNDLES + ".jks"));
        String add = "Configure '%s.pem.%s' or '%s.jks.%s'".formatted(BUNDLES, missing, BUNDLES, missing);
        return known.isEmpty()
                ? add + "; no bundle is configured yet."
                : add + ", or name one of the configured bundles: " + String.join(", ", known) + ".";
    }

    private List<String> keysThatName(String bundle) {
        List<String> candidates = new ArrayList<>(List.of(CLIENTS));
        for (String named : List.of(SERVICE_CLIENTS, ClientNames.PREFIX)) {
            elements(named).forEach(name -> candidates.add(named + "." + name));
        }
        return candidates.stream()
                .map(prefix -> prefix + ".ssl.bundle")
                .filter(key -> bundle.equals(this.configured.value(key).orElse(null)))
                .map(key -> "'%s'%s".formatted(key, this.configured.from(key)))
                .toList();
    }

    private Set<String> elements(String prefix) {
        return new UniqueNames(prefix, this.environment).spellings();
    }
}
