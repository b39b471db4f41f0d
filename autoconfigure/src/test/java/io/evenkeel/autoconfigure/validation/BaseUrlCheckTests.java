// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.evenkeel.autoconfigure.properties.InvalidSettingException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A base URL is refused with what was probably meant, and without what may be a secret. */
class BaseUrlCheckTests {

    private static final String KEY = "evenkeel.clients.svc.base-url";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // without a scheme
                "localhost:9443 | Did you mean https://localhost:9443?",
                "localhost:9443/api | Did you mean https://localhost:9443/api?",
                "localhost | Did you mean https://localhost?",
                "api.example.com/v1 | Did you mean https://api.example.com/v1?",
                "api.example.com:8443/v1/ | Did you mean https://api.example.com:8443/v1/?",
                "//api.example.com/v1.2/orders | Did you mean https://api.example.com/v1.2/orders?",
                "http:api.example.com | Did you mean http://api.example.com?",
                "[::1]:8080/v1 | Did you mean https://[::1]:8080/v1?",
                "10.0.0.7:8080 | Did you mean https://10.0.0.7:8080?",
                "jdbc:postgresql://db/orders | Write a URL such as https://api.example.com/v1.",
                "/v1 | Write a URL such as https://api.example.com/v1.",
                // another alphabet
                "http://b\u00fccher.example | Write http://xn--bcher-kva.example instead.",
                "http://B\u00dcCHER.example:8080/v1 | Write http://xn--bcher-kva.example:8080/v1 instead.",
                "https://\u4f8b\u3048.jp/ | Write https://xn--r8jz45g.jp/ instead.",
                "https://b\u00fccher\u3002example | Write https://xn--bcher-kva.example instead.",
                "http://b%C3%BCcher.example | Write http://xn--bcher-kva.example instead.",
                "http://stra\u00dfe.example | Write the name as it is registered, with 'xn--'.",
                "http://%61pi.example.com/v1 | Write http://api.example.com/v1 instead.",
                "http://[fe80::1%25eth0]:8080 | Leave it out, from the '%' on, or write a name.",
                "http://[fe80::1%eth0] | Leave it out, from the '%' on, or write a name."
            })
    void whatToWriteIsSaid(String url, String remedy) {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> BaseUrlCheck.check(KEY, url))
                .satisfies(refusal -> {
                    assertThat(refusal.remedy()).isEqualTo(remedy);
                    assertThat(refusal.value()).isEqualTo(url);
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hooks.example.com/services/T00/B00/x9 | hooks.example.com/services/***",
                "hooks.example.com/9f86d081884c7d65 | hooks.example.com/***",
                "me:canary@example.com/v1 | ***@example.com/v1",
                "example.com/v1/?key=canary | example.com/v1/***",
                "example.com/v1/key=canary | example.com/v1/***",
                "http://b\u00fccher.example/services/T00/B00 | http://b\u00fccher.example/services/***",
                "https://example.com/canarycanarycanary1/#top | https://example.com/***"
            })
    void whatMayBeASecretIsNotTold(String url, String told) {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> BaseUrlCheck.check(KEY, url))
                .satisfies(refusal -> {
                    assertThat(refusal.value()).isEqualTo(told);
                    assertThat(refusal).hasMessageNotContainingAny("canary", "T00", "9f86");
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://xn--bcher-kva.example",
                "HTTPS://API.EXAMPLE.COM",
                "http://my_service:8080",
                "http://api.example.com.",
                "http://[::1]:8080",
                "https://{region}.example.com/v1",
                "https://hooks.example.com/services/T00/B00/x9"
            })
    void whatWorksIsAccepted(String url) {
        assertThatNoException().isThrownBy(() -> BaseUrlCheck.check(KEY, url));
    }
}
