// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ResourceLock(Resources.SYSTEM_PROPERTIES)
class NonProxyHostsTests {

    /** The JDK is asked, too: whoever moves a list from the command line to here must not be surprised. */
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "*.example.com, api.example.com, true",
        "*.example.com, example.com, false",
        "*.example.com, notexample.com, false",
        "*example.com, notexample.com, true",
        "*.EXAMPLE.com, api.Example.COM, true",
        "10.1.*, 10.1.2.3, true",
        "10.1.*, 10.11.2.3, false",
        "host, host, true",
        "host, hosts, false",
        "host, host.example, false",
        "*, anything.example, true",
        "*mid*, a.mid.b, true",
        "[::2], [::2], true",
        "[2001:*, [2001:db8::1], true",
        "other, localhost, true",
        "other, LOCALHOST, true",
        "other, 127.0.0.1, true",
        "other, 127.9.9.9, true",
        "other, [::1], true",
        "other, 0.0.0.0, true",
        "other, 128.0.0.1, false",
        "'', localhost, false",
        "'', 127.0.0.1, false"
    })
    void hostsAreMatchedAsTheJdkDoes(String patterns, String host, boolean direct) {
        List<String> list = Arrays.stream(patterns.split(","))
                .filter(each -> !each.isEmpty())
                .toList();

        assertThat(NonProxyHosts.andLocal(list).matches(host)).isEqualTo(direct);
        assertThat(isDirectForTheJdk(patterns, host)).isEqualTo(direct);
    }

    @Test
    void thisMachineIsCalledDirectlyByDefault() {
        assertThat(NonProxyHosts.LOCAL.matches("localhost")).isTrue();
        assertThat(NonProxyHosts.LOCAL.matches("example.com")).isFalse();
    }

    private static boolean isDirectForTheJdk(String patterns, String host) {
        String before = System.getProperty("http.nonProxyHosts");
        System.setProperty("http.proxyHost", "proxy.example");
        System.setProperty("http.nonProxyHosts", patterns);
        try {
            return ProxySelector.getDefault()
                    .select(URI.create("http://" + host + "/"))
                    .equals(List.of(Proxy.NO_PROXY));
        } finally {
            System.clearProperty("http.proxyHost");
            if (before == null) {
                System.clearProperty("http.nonProxyHosts");
            } else {
                System.setProperty("http.nonProxyHosts", before);
            }
        }
    }
}
