// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.autoconfigure.properties.InvalidSettingException;
import io.evenkeel.autoconfigure.properties.Refused;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.util.StringUtils;

/** Each dead or dangerous value under {@code evenkeel.proxy} is refused, and no secret of it is shown. */
class RefusedProxySettingsTests {

    private static final String SECRET = "canary";

    /** Properties, separated by '&'; the key that is named, below the prefix; words of the reason; words of the remedy. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                // the URL
                "url= | url | names no proxy | call all hosts without a proxy",
                "url=proxy.example.com:3128 | url | not begin with http:// | http://proxy.example.com:3128",
                "url=proxy.example.com | url | not begin with http:// | such as http://",
                "url=10.0.0.5:3128 | url | not begin with http:// | such as http://",
                "url=//proxy.example.com:3128 | url | not begin with http:// | such as http://",
                "url=https://proxy.example.com:3128 | url | can only be http | such as http://",
                "url=ftp://proxy.example.com:21 | url | can only be http | such as http://",
                "url=socks://proxy.example.com:1080 | url | only HTTP proxies | -DsocksProxyHost",
                "url=socks5://proxy.example.com:1080 | url | only HTTP proxies | -DsocksProxyHost",
                "url=SOCKS4://proxy.example.com:1080 | url | only HTTP proxies | -DsocksProxyHost",
                "url=http://me:canary@proxy.example.com:3128 | url | user and password | evenkeel.proxy.username",
                "url=http://me:can@ary-canary@proxy.example.com:3128 | url | user and password | evenkeel.proxy.password",
                "url=http://canary@proxy.example.com:3128 | url | shown in logs | evenkeel.proxy.username",
                "url=me:canary@proxy.example.com:3128 | url | shown in logs | evenkeel.proxy.username",
                "url=https://me:canary@proxy.example.com:3128 | url | shown in logs | evenkeel.proxy.username",
                "url=http://proxy.example.com | url | no port | :3128",
                "url=http://proxy.example.com/ | url | no port | :3128",
                "url=http://proxy.example.com: | url | no port | :3128",
                "url=http://proxy.example.com:0 | url | between 1 and 65535 | :3128",
                "url=http://proxy.example.com:65536 | url | between 1 and 65535 | :3128",
                "url=http://proxy.example.com:port | url | no host | such as http://",
                "url=http://:3128 | url | no | such as http://",
                "url=http:// | url | no URL | such as http://",
                "url=http://my_proxy:3128 | url | no valid name | such as http://",
                "url=http://proxy.example.com:3128/path | url | no path | such as http://",
                "url=http://proxy.example.com:3128?x=1 | url | no path | such as http://",
                "url=http://proxy.example.com:3128/#top | url | no path | such as http://",
                "url=http://proxy .example.com:3128 | url | no URL | such as http://",
                // without a URL
                "username=canary | username | without effect | evenkeel.proxy.url",
                "password=canary | password | without effect | evenkeel.proxy.url",
                "non-proxy-hosts=*.internal | non-proxy-hosts | -Dhttp.nonProxyHosts | evenkeel.proxy.url",
                // credentials
                "url=http://p:1 & password=canary | password | no 'evenkeel.proxy.username' | Write that, too",
                "url=http://p:1 & username=me | username | no 'evenkeel.proxy.password' | empty string",
                "url=http://p:1 & username= & password=canary | username | can be seen | remove it",
                "url=http://p:1 & username=me:you & password=canary | username | first colon | name only",
                "url=http://p:1 & username=m\u0007e & password=canary | username | can be seen | name only",
                "url=http://p:1 & username=me & password=can\u0000ary-canary | password | control character | without",
                // hosts
                "\"url=http://p:1 & non-proxy-hosts=a|b\" | non-proxy-hosts | more than one host | by commas",
                "url=http://p:1 & non-proxy-hosts=a b | non-proxy-hosts | more than one host | by commas",
                "url=http://p:1 & non-proxy-hosts=10.0.0.0/8 | non-proxy-hosts | networks are not known | 10.1.*",
                "url=http://p:1 & non-proxy-hosts=http://a | non-proxy-hosts | URL matches no host | host only",
                "url=http://p:1 & non-proxy-hosts=host/path | non-proxy-hosts | networks are not | *.internal",
                "url=http://p:1 & non-proxy-hosts=host:80 | non-proxy-hosts | ports do not count | host only",
                "url=http://p:1 & non-proxy-hosts=*.host:8080 | non-proxy-hosts | ports do not count | host only",
                "url=http://p:1 & non-proxy-hosts=[::2]:80 | non-proxy-hosts | ports do not count | host only",
                "url=http://p:1 & non-proxy-hosts=::2 | non-proxy-hosts | has brackets | [::2]",
                "url=http://p:1 & non-proxy-hosts=a.*.b | non-proxy-hosts | beginning and at the end | *.example.com",
                "url=http://p:1 & non-proxy-hosts=a,*.*.b | non-proxy-hosts | beginning and at the end | 10.1.*",
                "url=http://p:1 & non-proxy-hosts[0]=a & non-proxy-hosts[1]=b/8 | non-proxy-hosts[1] | networks | 10.1.*",
                "url=http://p:1 & non-proxy-hosts[0]= & non-proxy-hosts[1]=b | non-proxy-hosts[0] | no host | Remove it"
            })
    void isRefusedWithKeyValueReasonAndRemedy(String properties, String key, String reason, String remedy) {
        String[] pairs = StringUtils.trimArrayElements(properties.split(" & "));
        for (int i = 0; i < pairs.length; i++) {
            pairs[i] = "evenkeel.proxy." + pairs[i];
        }
        Contexts.judging().withPropertyValues(pairs).run(context -> {
            assertThat(context).hasFailed();
            InvalidSettingException failure = Refused.causeOf(context.getStartupFailure());
            assertThat(failure.key()).isEqualTo("evenkeel.proxy." + key);
            assertThat(failure.reason()).contains(reason);
            assertThat(failure.remedy()).contains(remedy);
            assertThat(failure).hasMessageContainingAll(failure.key(), failure.value(), reason, remedy);
            assertThat(failure.getMessage()).doesNotContain(SECRET);

            FailureAnalysis analysis = Refused.explain(pairs, failure);
            assertThat(analysis.getDescription()).contains("'" + failure.key() + "'", failure.value(), reason);
            assertThat(analysis.getDescription() + analysis.getAction()).doesNotContain(SECRET);
            assertThat(analysis.getAction()).contains(remedy);
        });
    }

    @Test
    void aProxyAndAFilterExcludeEachOtherUnlessTheUserSaysOtherwise() {
        var runner = Contexts.plain()
                .withPropertyValues("evenkeel.proxy.url=http://proxy.example:3128")
                .withBean(InetAddressFilter.class, InetAddressFilter::externalAddresses);

        runner.run(context -> {
            assertThat(context).hasFailed();
            InvalidSettingException failure = Refused.causeOf(context.getStartupFailure());
            assertThat(failure.key()).isEqualTo("evenkeel.proxy.address-filter");
            assertThat(failure).hasMessageContainingAll("refuse", "proxy.example:3128", "InetAddressFilter", "report");
        });
        runner.withPropertyValues("evenkeel.proxy.address-filter=report")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void anUnknownWayToFilterIsRefused() {
        Contexts.plain()
                .withPropertyValues("evenkeel.proxy.address-filter=ignore")
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasMessage("'evenkeel.proxy.address-filter' must not be ignore: there is no such choice."
                                + " Write one of: refuse, report."));
    }
}
