// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import io.evenkeel.autoconfigure.properties.ClientKeys;
import io.evenkeel.autoconfigure.properties.EvenkeelProperties;
import io.evenkeel.autoconfigure.properties.InvalidSettingException;
import io.evenkeel.autoconfigure.properties.PlaceholderCheck;
import io.evenkeel.autoconfigure.properties.Refusals;
import io.evenkeel.policy.NonProxyHosts;
import io.evenkeel.policy.ProxyServer;
import io.evenkeel.policy.ProxySettings;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the keys under {@code evenkeel.proxy} may be. */
public final class ProxyCheck {

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
                () -> PlaceholderCheck.check(inForce("url"), this.proxy.url()),
                () -> PlaceholderCheck.check(inForce("username"), this.proxy.username()),
                () -> PlaceholderCheck.check(inForce("password"), this.proxy.password()));
        String url = this.proxy.url();
        if (url == null) {
            refusals.check(
                    () -> refuseDead(
                            "username", this.proxy.username(), "a proxy of the JVM asks a java.net.Authenticator"),
                    () -> refuseDead(
                            "password", this.proxy.password(), "a proxy of the JVM asks a java.net.Authenticator"),
                    () -> refuseDead(
                            "non-proxy-hosts",
                            this.proxy.nonProxyHosts(),
                            "the proxy of the JVM goes by -Dhttp.nonProxyHosts"));
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
        if (value != null) {
            throw InvalidSettingException.hidingValue(
                    inForce(key),
                    "set",
                    "it is without effect, as there is no '%s': %s".formatted(inForce("url"), because),
                    "Write '%s', too, or remove it.".formatted(own("url")));
        }
    }

    private URI uri(String url) {
        if (url.isBlank()) {
            throw refuseUrl(
                    "empty",
                    "it names no proxy",
                    "%s To call all hosts without a proxy, write '%s: \"*\"'; to go by the JVM's proxy"
                                    .formatted(EXAMPLE, own("non-proxy-hosts"))
                            + " properties, remove it.");
        }
        // Whatever else is wrong: what may be a password is not repeated.
        if (url.indexOf('@') >= 0) {
            throw refuseUrl(
                    "..." + url.substring(url.lastIndexOf('@')),
                    "user and password do not belong into a URL, which is shown in logs",
                    "Write '%s' and '%s'.".formatted(own("username"), own("password")));
        }
        if (!SCHEME.matcher(url).matches()) {
            throw refuseUrl(url, "it does not begin with http://", EXAMPLE);
        }
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException ex) {
            throw refuseUrl(url, "it is no URL (%s)".formatted(ex.getReason()), EXAMPLE);
        }
        checkParts(url, uri);
        return uri;
    }

    private void checkParts(String url, URI uri) {
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        if (scheme.startsWith("socks")) {
            throw refuseUrl(
                    url,
                    "only HTTP proxies are supported here",
                    "For a SOCKS proxy start the JVM with -DsocksProxyHost and -DsocksProxyPort instead.");
        }
        if (!scheme.equals("http")) {
            throw refuseUrl(
                    url,
                    "the way to the proxy itself can only be http; https calls go through it in a tunnel, end to end",
                    EXAMPLE);
        }
        if (uri.getHost() == null) {
            throw refuseUrl(url, "it has no host, or one that is no valid name, or a port that is no number", EXAMPLE);
        }
        if (uri.getPort() < 0) {
            throw refuseUrl(url, "it has no port, and proxies have no usual one", EXAMPLE);
        }
        if (uri.getPort() == 0 || uri.getPort() > LAST_PORT) {
            throw refuseUrl(url, "its port is not between 1 and 65535", EXAMPLE);
        }
        boolean path = !uri.getRawPath().isEmpty() && !uri.getRawPath().equals("/");
        if (path || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw refuseUrl(url, "a proxy has no path", EXAMPLE);
        }
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
            throw InvalidSettingException.hidingValue(
                    inForce("password"),
                    "set",
                    "there is no '%s' that it could belong to".formatted(inForce("username")),
                    "Write that, too, or remove it.");
        }
        if (username.isBlank() || username.indexOf(':') >= 0 || hasControlCharacter(username)) {
            throw InvalidSettingException.hidingValue(
                    inForce("username"),
                    username.isBlank() ? "blank" : "what it is",
                    "a proxy reads up to the first colon, and it needs a character that can be seen",
                    "Write the name only, or remove it and the password.");
        }
        if (password == null) {
            throw InvalidSettingException.hidingValue(
                    inForce("username"),
                    "set",
                    "there is no '%s', so that each call would be refused".formatted(inForce("password")),
                    "Write that, too, if need be as an empty string.");
        }
        if (hasControlCharacter(password)) {
            throw InvalidSettingException.hidingValue(
                    inForce("password"),
                    "what it is",
                    "it has a control character, perhaps the end of the line of the file that it is from",
                    "Write it without.");
        }
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
        if (pattern.isBlank()) {
            throw refusePattern(index, "blank", "it matches no host", "Remove it.");
        }
        if (pattern.indexOf('|') >= 0 || pattern.chars().anyMatch(Character::isWhitespace)) {
            throw refusePattern(index, pattern, "it is more than one host", "Write a list, or separate by commas.");
        }
        if (pattern.contains("://")) {
            throw refusePattern(index, pattern, "a URL matches no host", "Write its host only.");
        }
        if (pattern.indexOf('/') >= 0) {
            throw refusePattern(
                    index,
                    pattern,
                    "networks are not known here, as no name is resolved",
                    "Write the beginning of the addresses, such as 10.1.*, or the end of the names, such as *.internal.");
        }
        if (PORT.matcher(pattern).matches()) {
            throw refusePattern(index, pattern, "ports do not count", "Write the host only.");
        }
        if (pattern.indexOf(':') >= 0 && !pattern.startsWith("[")) {
            throw refusePattern(index, pattern, "an IPv6 address has brackets in a URL", "Write [" + pattern + "].");
        }
        if (pattern.length() > 1 && pattern.substring(1, pattern.length() - 1).indexOf('*') >= 0) {
            throw refusePattern(
                    index,
                    pattern,
                    "an asterisk counts at the beginning and at the end only",
                    "Write a pattern such as *.example.com or 10.1.*.");
        }
    }

    private InvalidSettingException refuseUrl(String value, String reason, String remedy) {
        return InvalidSettingException.hidingValue(inForce("url"), value, reason, remedy);
    }

    private InvalidSettingException refusePattern(int index, String pattern, String reason, String remedy) {
        String ofElement = "non-proxy-hosts[%d]".formatted(index);
        String written = this.keys.isSet("proxy." + ofElement) ? ofElement : "non-proxy-hosts";
        return new InvalidSettingException(inForce(written), pattern, reason, remedy);
    }

    private String inForce(String key) {
        return this.keys.inForce("proxy." + key);
    }

    private String own(String key) {
        return this.keys.own("proxy." + key);
    }
}
