// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import io.evenkeel.autoconfigure.properties.OnEvenkeelEnabledCondition;
import io.evenkeel.client.EvenkeelRequestFactoryBuilder;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.resttestclient.TestRestTemplate;
import org.springframework.boot.resttestclient.TestRestTemplate.HttpClientOption;
import org.springframework.boot.test.http.server.LocalTestWebServer;
import org.springframework.boot.test.http.server.LocalTestWebServer.Scheme;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/**
 * Auto-configuration of the {@link TestRestTemplate} of a test with {@code @AutoConfigureTestRestTemplate}; no
 * application gets to see it. The template trusts the self-signed certificate of the server under test, which it can do
 * with Spring Boot's own builder only, so here it gets that one. The clients of the application stay with Evenkeel.
 */
@AutoConfiguration(
        beforeName = "org.springframework.boot.resttestclient.autoconfigure.TestRestTemplateTestAutoConfiguration")
@ConditionalOnClass({TestRestTemplate.class, RestTemplateBuilder.class})
@Conditional(OnEvenkeelEnabledCondition.class)
public final class EvenkeelTestRestTemplateAutoConfiguration {

    EvenkeelTestRestTemplateAutoConfiguration() {}

    // Named like Spring Boot's, which is looked up by name in the tests of an application.
    @Bean("org.springframework.boot.resttestclient.TestRestTemplate")
    @ConditionalOnMissingBean
    TestRestTemplate testRestTemplate(ObjectProvider<RestTemplateBuilder> builders, ApplicationContext context) {
        LocalTestWebServer server = LocalTestWebServer.obtain(context);
        HttpClientOption[] tls = (server.scheme() == Scheme.HTTPS)
                ? new HttpClientOption[] {HttpClientOption.SSL}
                : new HttpClientOption[0];
        TestRestTemplate template = new TestRestTemplate(
                withoutEvenkeel(builders.getIfAvailable(RestTemplateBuilder::new)), null, null, tls);
        template.setUriTemplateHandler(server.uriBuilderFactory());
        return template;
    }

    private static RestTemplateBuilder withoutEvenkeel(RestTemplateBuilder builder) {
        return (builder.requestFactoryBuilder() instanceof EvenkeelRequestFactoryBuilder ours)
                ? builder.requestFactoryBuilder(ours.withoutEvenkeel())
                : builder;
    }
}
