// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.evenkeel.event.ConnectionListener;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.ConnectionPools;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpCookieHandling;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;

class EvenkeelRequestFactoryBuilderTests {

    private final ConnectionPools pools = new ConnectionPools(Ticker.SYSTEM, ConnectionListener.NONE);

    @AfterEach
    void closePools() {
        this.pools.close();
    }

    @Test
    void eachBuildMakesAFactoryOfItsOwn() {
        EvenkeelRequestFactoryBuilder builder = builder(List.of());
        assertThat(builder.build()).isNotSameAs(builder.build());
        assertThat(builder.build(null)).isNotNull();
    }

    @Test
    void whatIsUnsetIsFilledIn() {
        HttpClientSettings settings = DefaultSettings.fillIn(HttpClientSettings.defaults());
        assertThat(settings.connectTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.readTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.cookieHandling()).isEqualTo(HttpCookieHandling.DISABLE);
        assertThat(settings.redirects()).isNull();
    }

    @Test
    void whatIsSetStays() {
        HttpClientSettings set = HttpClientSettings.defaults()
                .withConnectTimeout(Duration.ZERO)
                .withReadTimeout(Duration.ofHours(1))
                .withCookieHandling(HttpCookieHandling.ENABLE_WHEN_POSSIBLE);
        assertThat(DefaultSettings.fillIn(set)).isEqualTo(set);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-PT1S", "PT0.0000001S", "P25D"})
    void aTimeoutThatCannotBeKeptIsRefused(Duration timeout) {
        EvenkeelRequestFactoryBuilder builder = builder(List.of());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.build(HttpClientSettings.defaults().withReadTimeout(timeout)))
                .withMessageContaining("'readTimeout' of the HttpClientSettings");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.build(HttpClientSettings.defaults().withConnectTimeout(timeout)))
                .withMessageContaining("'connectTimeout' of the HttpClientSettings");
    }

    @Test
    void aCustomizerThatMakesAnotherKindOfBuilderIsRefused() {
        @SuppressWarnings({"rawtypes", "unchecked"})
        ClientHttpRequestFactoryBuilderCustomizer<?> broken =
                (ClientHttpRequestFactoryBuilderCustomizer) builder -> ClientHttpRequestFactoryBuilder.simple();
        assertThatIllegalStateException()
                .isThrownBy(() -> builder(List.of(broken)).build())
                .withMessageContaining("declare a ClientHttpRequestFactoryBuilder bean");
    }

    @Test
    void withoutEvenkeelThereIsSpringBootsBuilderWithTheCustomizersOfTheApplication() {
        boolean[] called = new boolean[1];
        ClientHttpRequestFactoryBuilderCustomizer<HttpComponentsClientHttpRequestFactoryBuilder> customizer =
                builder -> builder.withCustomizer(factory -> called[0] = true);
        builder(List.of(customizer)).withoutEvenkeel().build();
        assertThat(called[0]).isTrue();
    }

    private EvenkeelRequestFactoryBuilder builder(
            List<? extends ClientHttpRequestFactoryBuilderCustomizer<?>> customizers) {
        return new EvenkeelRequestFactoryBuilder(
                this.pools,
                new SslContexts(this.pools, ConnectionListener.NONE, null),
                ClientOptions.DEFAULTS,
                null,
                customizers,
                () -> "");
    }
}
