// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import io.evenkeel.autoconfigure.properties.ClientKeys;
import io.evenkeel.autoconfigure.properties.EvenkeelProperties;
import io.evenkeel.autoconfigure.properties.PlaceholderCheck;
import io.evenkeel.autoconfigure.properties.Refusals;
import io.evenkeel.policy.NonProxyHosts;
import io.evenkeel.policy.ProxyServer;
import io.evenkeel.policy.ProxySettings;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the keys under {@code evenkeel.proxy} may be. */
public final class ProxyCheck {

    private static final String URL = "proxy.url";
    private static final String USERNAME = "proxy.username";
    private static final String PASSWORD = "proxy.password";
    private static final String NON_PROXY_HOSTS = "proxy.non-proxy-hosts";

    private static final String EXAMPLE = "Write http, a host and a port, such as http://proxy.example.com:3128.";
    private static final int LAST_PORT = 65535;
    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://.*");
    private static final Pattern PORT = Pattern.compile("[^:]*:[0-9]*|\\[.*]:.*");

    private final EvenkeelProperties.Proxy proxy;
    private final ClientKeys keys;

    public ProxyCheck(EvenkeelProperties.Proxy proxy, ClientKeys keys) {
        this.proxy = proxy;
        this.keys = keys;
    }

    void check(Refusals refusals) {
        refusals.check(
                () -> PlaceholderCheck.check(this.keys.inForce(URL), this.proxy.url()),
                () -> PlaceholderCheck.check(this.keys.inForce(USERNAME), this.proxy.username()),
                () -> PlaceholderCheck.check(this.keys.inForce(PASSWORD), this.proxy.password()));
        String url = this.proxy.url();
        if (url == null) {
            String asked = "a proxy of the JVM asks a java.net.Authenticator";
            String given = "the proxy of the JVM goes by -Dhttp.nonProxyHosts";
            refusals.check(
                    () -> refuseDead(USERNAME, this.proxy.username(), asked),
                    () -> refuseDead(PASSWORD, this.proxy.password(), asked),
                    () -> refuseDead(NON_PROXY_HOSTS, this.proxy.nonProxyHosts(), given));
        } else {
            refusals.check(() -> uri(url), this::credentials, () -> nonProxyHosts(this.proxy.nonProxyHosts()));
        }
    }

    /** @throws InvalidSettingException if a setting cannot work */
    public ProxySettings settings() {
        String url = this.proxy.url();
        if (url == null) {
            return new ProxySettings(null, this.proxy.addressFilter());
        }
        URI uri = uri(url);
        ProxyServer server =
                new ProxyServer(hostOf(uri), uri.getPort(), credentials(), nonProxyHosts(this.proxy.nonProxyHosts()));
        return new ProxySettings(server, this.proxy.addressFilter());
    }

    private void refuseDead(String key, @Nullable Object value, String because) {
        set(key).refuseIf(
                        value != null,
                        "it is without effect, as there is no '%s': %s".formatted(this.keys.inForce(URL), because),
                        "Write '%s', too, or remove it.".formatted(this.keys.own(URL)));
    }

    private URI uri(String url) {
        secret(URL, "empty")
                .refuseIf(
                        url.isBlank(),
                        "it names no proxy",
                        "%s To call all hosts without a proxy, write '%s: \"*\"'; to go by the JVM's proxy properties, remove it."
                                .formatted(EXAMPLE, this.keys.own(NON_PROXY_HOSTS)));
        // Whatever else is wrong: what may be a password is not repeated.
        secret(URL, "..." + url.substring(Math.max(0, url.lastIndexOf('@'))))
                .refuseIf(
                        url.indexOf('@') >= 0,
                        "user and password do not belong into a URL, which is shown in logs",
                        "Write '%s' and '%s'.".formatted(this.keys.own(USERNAME), this.keys.own(PASSWORD)));
        Setting<String> setting =
                secret(URL, url).refuseIf(!SCHEME.matcher(url).matches(), "it does not begin with http://", EXAMPLE);
        try {
            URI uri = new URI(url);
            checkParts(setting, uri);
            return uri;
        } catch (URISyntaxException ex) {
            throw setting.refuse("it is no URL (%s)".formatted(ex.getReason()), EXAMPLE);
        }
    }

    private static void checkParts(Setting<String> url, URI uri) {
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        url.refuseIf(
                        scheme.startsWith("socks"),
                        "only HTTP proxies are supported here",
                        "For a SOCKS proxy start the JVM with -DsocksProxyHost and -DsocksProxyPort instead.")
                .refuseIf(
                        !scheme.equals("http"),
                        "the way to the proxy itself can only be http; https calls go through it in a tunnel, end to end",
                        EXAMPLE)
                .refuseIf(
                        uri.getHost() == null,
                        "it has no host, or one that is no valid name, or a port that is no number",
                        EXAMPLE)
                .refuseIf(uri.getPort() < 0, "it has no port, and proxies have no usual one", EXAMPLE)
                .refuseIf(
                        uri.getPort() == 0 || uri.getPort() > LAST_PORT, "its port is not between 1 and 65535", EXAMPLE)
                .refuseIf(
                        !Set.of("", "/").contains(uri.getRawPath())
                                || uri.getRawQuery() != null
                                || uri.getRawFragment() != null,
                        "a proxy has no path",
                        EXAMPLE);
    }

    private static String hostOf(URI uri) {
        String host = uri.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private ProxyServer.@Nullable Credentials credentials() {
        String username = this.proxy.username();
        String password = this.proxy.password();
        if (username == null && password == null) {
            return null;
        }
        if (username == null) {
            throw set(PASSWORD)
                    .refuse(
                            "there is no '%s' that it could belong to".formatted(this.keys.inForce(USERNAME)),
                            "Write that, too, or remove it.");
        }
        secret(USERNAME, username.isBlank() ? "blank" : "what it is")
                .refuseIf(
                        username.isBlank() || username.indexOf(':') >= 0 || hasControlCharacter(username),
                        "a proxy reads up to the first colon, and it needs a character that can be seen",
                        "Write the name only, or remove it and the password.");
        if (password == null) {
            throw set(USERNAME)
                    .refuse(
                            "there is no '%s', so that each call would be refused"
                                    .formatted(this.keys.inForce(PASSWORD)),
                            "Write that, too, if need be as an empty string.");
        }
        secret(PASSWORD, "what it is")
                .refuseIf(
                        hasControlCharacter(password),
                        "it has a control character, perhaps the end of the line of the file that it is from",
                        "Write it without.");
        return new ProxyServer.Credentials(username, password);
    }

    private static boolean hasControlCharacter(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }

    private NonProxyHosts nonProxyHosts(@Nullable List<String> patterns) {
        if (patterns == null) {
            return NonProxyHosts.LOCAL;
        }
        for (int i = 0; i < patterns.size(); i++) {
            checkPattern(i, patterns.get(i));
        }
        return NonProxyHosts.andLocal(patterns);
    }

    private void checkPattern(int index, String pattern) {
        String ofElement = "%s[%d]".formatted(NON_PROXY_HOSTS, index);
        String key = this.keys.inForce(this.keys.isSet(ofElement) ? ofElement : NON_PROXY_HOSTS);
        String inside = (pattern.length() > 2) ? pattern.substring(1, pattern.length() - 1) : "";
        new Setting<>(key, pattern.isBlank() ? "blank" : pattern)
                .refuseIf(pattern.isBlank(), "it matches no host", "Remove it.")
                .refuseIf(
                        pattern.indexOf('|') >= 0 || pattern.chars().anyMatch(Character::isWhitespace),
                        "it is more than one host",
                        "Write a list, or separate by commas.")
                .refuseIf(pattern.contains("://"), "a URL matches no host", "Write its host only.")
                .refuseIf(
                        pattern.indexOf('/') >= 0,
                        "networks are not known here, as no name is resolved",
                        "Write the beginning of the addresses, such as 10.1.*, or the end of the names, such as *.internal.")
                .refuseIf(PORT.matcher(pattern).matches(), "ports do not count", "Write the host only.")
                .refuseIf(
                        pattern.indexOf(':') >= 0 && !pattern.startsWith("["),
                        "an IPv6 address has brackets in a URL",
                        "Write [" + pattern + "].")
                .refuseIf(
                        inside.indexOf('*') >= 0,
                        "an asterisk counts at the beginning and at the end only",
                        "Write a pattern such as *.example.com or 10.1.*.");
    }

    private Setting<String> set(String key) {
        return secret(key, "set");
    }

    private Setting<String> secret(String key, String told) {
        return Setting.secret(this.keys.inForce(key), told);
    }
}
