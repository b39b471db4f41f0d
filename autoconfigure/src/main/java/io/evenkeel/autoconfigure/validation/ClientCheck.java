// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import io.evenkeel.autoconfigure.properties.ClientKeys;
import io.evenkeel.autoconfigure.properties.EvenkeelProperties;
import io.evenkeel.autoconfigure.properties.InvalidSettingException;
import io.evenkeel.autoconfigure.properties.Refusals;
import io.evenkeel.policy.HeaderSyntax;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.autoconfigure.ApiversionProperties;
import org.springframework.boot.http.client.autoconfigure.HttpClientProperties;
import org.springframework.util.StringUtils;

/** What the settings of a client may be, together with those that it has from all clients. */
final class ClientCheck {

    private final ClientKeys keys;
    private final Refusals refusals;

    ClientCheck(ClientKeys keys, Refusals refusals) {
        this.keys = keys;
        this.refusals = refusals;
    }

    /** Judges what Evenkeel needs to carry the client. */
    void check(EvenkeelProperties properties) {
        new PoolCheck(properties.pool(), this.keys, this.refusals).check();
        this.refusals.check(() ->
                IdempotencyHeaderCheck.check(this.keys.inForce("idempotency-header"), properties.idempotencyHeader()));
        new ResponseCheck(this.keys, this.refusals).check(properties);
        new ProxyCheck(properties.proxy(), this.keys).check(this.refusals);
    }

    /** Judges what Spring Boot has for a client too. */
    void check(HttpClientProperties http) {
        ApiversionProperties.Insert insert = http.getApiversion().getInsert();
        this.refusals.check(
                () -> BootTimeoutCheck.check(this.keys.inForce("connect-timeout"), http.getConnectTimeout()),
                () -> BootTimeoutCheck.check(this.keys.inForce("read-timeout"), http.getReadTimeout()),
                () -> BaseUrlCheck.check(this.keys.inForce("base-url"), http.getBaseUrl()),
                () -> checkVersionHeader(insert.getHeader()),
                () -> checkVersionSegment(insert.getPathSegment()),
                () -> checkBundle(http.getSsl().getBundle()));
        http.getDefaultHeader().forEach((header, values) -> {
            String key = this.keys.inForce("default-header." + header);
            values.forEach(value -> this.refusals.check(() -> DefaultHeaderCheck.check(key, header, value)));
        });
    }

    private void checkVersionHeader(@Nullable String name) {
        String violation = StringUtils.hasLength(name) ? HeaderSyntax.nameViolation(name) : null;
        if (name != null && violation != null) {
            throw new InvalidSettingException(
                    this.keys.inForce("apiversion.insert.header"),
                    name,
                    "the name " + violation,
                    "Write the name of a header, such as X-API-Version.");
        }
    }

    private void checkVersionSegment(@Nullable Integer index) {
        if (index != null) {
            new Setting<>(this.keys.inForce("apiversion.insert.path-segment"), index)
                    .atLeast(0, "it cannot be negative", "Write 0 for the first segment of the path.");
        }
    }

    private void checkBundle(@Nullable String bundle) {
        if (bundle != null && bundle.isBlank()) {
            throw new InvalidSettingException(
                    this.keys.inForce("ssl.bundle"),
                    "empty",
                    "it names no bundle",
                    "Write the name of one below 'spring.ssl.bundle', or remove it.");
        }
    }
}
