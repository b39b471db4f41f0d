// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class SampleApplicationTests {

    /** Scripts and style sheets. */
    private static final Pattern LOADED = Pattern.compile("(?:<script src|<link rel=\"stylesheet\" href)=\"([^\"]+)\"");

    @LocalServerPort
    private int port;

    private Browser browser;

    @BeforeEach
    void openBrowser() {
        browser = new Browser(port);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/app.js", "/style.css", "/actuator/health", "/actuator/metrics", "/meters"})
    void servesThePageAndWhatItReads(String path) {
        Browser.Answer answer = browser.get(path);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isNotEmpty();
    }

    @Test
    void servesItselfWhateverThePageLoads() {
        List<String> loaded = LOADED.matcher(browser.get("/").text())
                .results()
                .map(reference -> reference.group(1))
                .toList();

        assertThat(loaded)
                .contains("app.js", "curves.js", "style.css")
                .anyMatch(path -> path.matches("webjars/uplot/.+\\.js"))
                .anyMatch(path -> path.matches("webjars/uplot/.+\\.css"))
                .allSatisfy(path -> assertThat(browser.get("/" + path).status()).isEqualTo(200));
    }

    @Test
    void showsOneCardForEachExperiment() {
        String page = browser.get("/").text();

        browser.get("/experiments")
                .json()
                .get("experiments")
                .forEach(experiment -> assertThat(page)
                        .contains("data-experiment=\""
                                + experiment.get("experiment").asString() + "\""));
    }

    @Test
    void saysWhatCarriesTheInjectedBuilderAndThatNothingHasToRun() {
        Browser.Answer answer = browser.get("/experiments");

        assertThat(answer.json().get("transport").asString()).contains("RequestFactoryBuilder");
        assertThat(answer.json().get("connectTimeout").asString()).isEqualTo("2 s");
        assertThat(answer.json().get("readTimeout").asString()).isEqualTo("15 s");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            race?seconds=2     | seconds must be from 3 to 120, but is 2
            race?seconds=121   | seconds must be from 3 to 120, but is 121
            race?seconds=soon  | seconds must be a number, but is 'soon'
            race?server=nginx  | server must be one of tomcat, jetty, but is 'nginx'
            race?pace=slow     | pace must be one of edge, late, but is 'slow'
            burst?calls=1      | calls must be from 2 to 100, but is 1
            burst?patience=11  | patience must be from 1 to 10, but is 11
            tls?clients=0      | clients must be from 1 to 500, but is 0
            tls?keepAlive=why  | keepAlive must be true or false, but is 'why'
            hops?calls=51      | calls must be from 1 to 50, but is 51
            hops?patience=199  | patience must be from 200 to 5000, but is 199
            hops?seconds=0     | seconds must be from 1 to 10, but is 0
            background?tasks=0 | tasks must be from 1 to 500, but is 0
            background?seconds=31 | seconds must be from 1 to 30, but is 31
            overload?rate=19   | rate must be from 20 to 150, but is 19
            overload?before=0  | before must be from 1 to 10, but is 0
            overload?overload=21 | overload must be from 1 to 20, but is 21
            overload?after=61  | after must be from 1 to 60, but is 61
            overload?seconds=5 | there is no parameter 'seconds'; there are rate, before, overload, after, wait
            burst?call=3       | there is no parameter 'call'; there are calls, patience, wait
            burst?Calls=3      | there is no parameter 'Calls'; there are calls, patience, wait
            race?clients=3     | there is no parameter 'clients'; there are server, pace, seconds, wait
            tls?number=3       | there is no parameter 'number'; there are clients, keepAlive, wait
            background?calls=3 | there is no parameter 'calls'; there are tasks, seconds, wait
            burst?calls=3&calls=4 | calls must be given once, but is given 2 times
            burst?calls=99999999999 | calls must be a number, but is '99999999999'
            tls?wait=maybe     | wait must be true or false, but is 'maybe'
            """)
    void refusesParametersThatMakeNoSense(String experiment, String reason) {
        Browser.Answer answer = browser.post("/experiments/" + experiment);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("detail").asString()).isEqualTo(reason);
    }

    @Test
    void namesTheExperimentsThereAreWhenAskedForAnother() {
        Browser.Answer answer = browser.get("/experiments/storm");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.json().get("detail").asString()).contains("race, burst, tls, hops, background");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nope", "Race", "bursts", "nope?calls=3", "race%20"})
    void namesThemWhenAnotherIsStarted(String experiment) {
        Browser.Answer answer = browser.post("/experiments/" + experiment);

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.json().get("detail").asString()).contains("race, burst, tls, hops, background");
    }

    @Test
    void saysWhatHoldsForTasks() {
        Browser.Answer answer = browser.get("/experiments");

        assertThat(answer.json().get("backgroundThreads").asString()).isEqualTo("16 threads");
        assertThat(answer.json().get("backgroundPatience").asString()).isEqualTo("25 s");
    }
}
