// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.redirect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.net.URI;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocationRuleTests {

    private static final URI BASE = URI.create("http://a/b/c/d;p?q");

    private static URI resolve(String location) throws InvalidLocationException {
        return LocationRule.resolve(BASE, List.of(location));
    }

    /** RFC 3986, sections 5.4.1 and 5.4.2, as far as the results are of HTTP; without fragments. */
    @ParameterizedTest
    @CsvSource({
        "g, http://a/b/c/g",
        "./g, http://a/b/c/g",
        "g/, http://a/b/c/g/",
        "/g, http://a/g",
        "//g, http://g/",
        "?y, http://a/b/c/d;p?y",
        "g?y, http://a/b/c/g?y",
        "#s, http://a/b/c/d;p?q",
        "g#s, http://a/b/c/g",
        "g?y#s, http://a/b/c/g?y",
        ";x, http://a/b/c/;x",
        "g;x, http://a/b/c/g;x",
        "g;x?y#s, http://a/b/c/g;x?y",
        "'', http://a/b/c/d;p?q",
        "., http://a/b/c/",
        "./, http://a/b/c/",
        ".., http://a/b/",
        "../, http://a/b/",
        "../g, http://a/b/g",
        "../.., http://a/",
        "../../, http://a/",
        "../../g, http://a/g",
        "../../../g, http://a/g",
        "../../../../g, http://a/g",
        "/./g, http://a/g",
        "/../g, http://a/g",
        "g., http://a/b/c/g.",
        ".g, http://a/b/c/.g",
        "g.., http://a/b/c/g..",
        "..g, http://a/b/c/..g",
        "./../g, http://a/b/g",
        "./g/., http://a/b/c/g/",
        "g/./h, http://a/b/c/g/h",
        "g/../h, http://a/b/c/h",
        "g;x=1/./y, http://a/b/c/g;x=1/y",
        "g;x=1/../y, http://a/b/c/y",
        "g?y/./x, http://a/b/c/g?y/./x",
        "g?y/../x, http://a/b/c/g?y/../x",
        "g#s/../x, http://a/b/c/g",
    })
    void referenceIsResolvedAsTheRfcSays(String location, String target) throws Exception {
        assertThat(resolve(location)).hasToString(target);
    }

    @ParameterizedTest
    @CsvSource({
        "http://B.Example, http://b.example/",
        "HTTPS://b.example:8443/X, https://b.example:8443/X",
        "http://b.example?x=1, http://b.example/?x=1",
        "http://b.example:/, http://b.example:/",
        "http://b/x//y, http://b/x//y",
        "http://b//x, http://b//x",
        "http://b/a/../../c, http://b/c",
        "http://b/a%2Fb?sig=a%2Bb%3D&x=1+2, http://b/a%2Fb?sig=a%2Bb%3D&x=1+2",
        "http://b/%2e%2e/x, http://b/%2e%2e/x",
        "http://b/?u=http://c/d@e, http://b/?u=http://c/d@e",
        "http://my_service:8080/, http://my_service:8080/",
        "http://[2001:db8::1]:80/, http://[2001:db8::1]:80/",
    })
    void addressIsTakenAsItIs(String location, String target) throws Exception {
        assertThat(resolve(location)).hasToString(target);
    }

    @Test
    void bytesThatShouldHaveBeenEscapedStandForThemselves() throws Exception {
        // What a header parser makes of the UTF-8 of U+00FC.
        assertThat(resolve("/b\u00c3\u00bccher?q=\u00c3\u00bc")).hasToString("http://a/b%C3%BCcher?q=%C3%BC");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '~',
            value = {
                "/a b ! http://a/a%20b",
                "/a|b ! http://a/a%7Cb",
                "/a[b] ! http://a/a%5Bb%5D",
                "/{a} ! http://a/%7Ba%7D",
                "/\"a\" ! http://a/%22a%22",
                "/<a>^` ! http://a/%3Ca%3E%5E%60",
                "/%zz ! http://a/%25zz",
                "/% ! http://a/%25",
                "/%4 ! http://a/%254",
                "/%4%41 ! http://a/%254%41",
                "/%% ! http://a/%25%25",
                "/%e2%82 ! http://a/%e2%82",
                "/100%?p=100% ! http://a/100%25?p=100%25",
                "/%2f%2F%5c ! http://a/%2f%2F%5c",
                "?q=a b ! http://a/b/c/d;p?q=a%20b",
                "?q=[1]&r={x|y} ! http://a/b/c/d;p?q=%5B1%5D&r=%7Bx%7Cy%7D",
                "x y/../z ! http://a/b/c/z",
                "../x y ! http://a/b/x%20y",
                "/.. /x ! http://a/..%20/x",
                "/a#b c ! http://a/a",
                "/a b?c d#e f|g ! http://a/a%20b?c%20d",
                "//b/c d ! http://b/c%20d",
                "http://b?c d ! http://b/?c%20d",
                "http://[::1]/a[b] ! http://[::1]/a%5Bb%5D",
                "/x y:z@w ! http://a/x%20y:z@w",
                "/?u=http://c/d e@f ! http://a/?u=http://c/d%20e@f",
                "/ /evil.example ! http://a/%20/evil.example"
            })
    void whatShouldHaveBeenEscapedIs(String location, String target) throws Exception {
        URI resolved = resolve(location);

        assertThat(resolved).hasToString(target);
        // Nothing is left that another reader could mend in another way.
        assertThat(LocationRule.resolve(BASE, List.of(target))).isEqualTo(resolved);
    }

    /** Whatever a Location is made of: an error, or a URI whose host was written before the path. */
    @Test
    void noMixtureOfOddCharactersLeadsToAnotherHost() {
        Random random = new Random(20260131);
        String[] parts = {
            "/", "\\", "@", ":", "?", "#", "%", "%2f", "%5c", " ", "\t", "[", "]", "|", "{", "\"", "..", "evil",
            "\u00e4"
        };
        for (int i = 0; i < 20_000; i++) {
            StringBuilder location = new StringBuilder("/x");
            for (int n = random.nextInt(8); n >= 0; n--) {
                location.append(parts[random.nextInt(parts.length)]);
            }
            try {
                URI target = resolve(location.toString());
                assertThat(target.getRawAuthority()).as(location.toString()).isEqualTo("a");
                assertThat(target.getHost()).isEqualTo("a");
                assertThat(target.getRawPath()).startsWith("/");
                assertThat(target.toString()).matches("[!-~]+").doesNotContain("\\", "#");
            } catch (InvalidLocationException ex) {
                assertThat(location.toString()).containsAnyOf("\\", "\t");
            }
        }
    }

    static Stream<Arguments> flawed() {
        return Stream.of(
                arguments("file:///etc/passwd", "scheme"),
                arguments("gopher://b:70/x", "scheme"),
                arguments("ftp://b/", "scheme"),
                arguments("javascript:alert(1)", "scheme"),
                arguments("data:text/plain,x", "scheme"),
                arguments("jar:http://b/x!/y", "scheme"),
                arguments("my.app://callback?code=secret", "scheme"),
                arguments("localhost:8080/x", "scheme"),
                arguments(" http://b/", "scheme"),
                arguments("http://user@b/", "user info"),
                arguments("http://user:secret@b/", "user info"),
                arguments("//user@b/", "user info"),
                arguments("http://a@b@c/", "user info"),
                arguments("http://@b/", "user info"),
                arguments("http://b\\@c/", "backslash"),
                arguments("http:\\\\b\\c", "backslash"),
                arguments("/\\b", "backslash"),
                arguments("/a\rb", "control character"),
                arguments("/a\nX-Evil: 1", "control character"),
                arguments("/a\tb", "control character"),
                arguments("/a\0b", "control character"),
                arguments("/a\u007fb", "control character"),
                arguments("http:x", "host and port"),
                arguments("http:/x", "host and port"),
                arguments("http:///x", "host and port"),
                arguments("///x", "host and port"),
                arguments("http://", "host and port"),
                arguments("http://:80/", "host and port"),
                arguments("http://b:99999/", "host and port"),
                arguments("http://b:0/", "host and port"),
                arguments("http://b:-1/", "host and port"),
                arguments("http://b:8o/", "host and port"),
                arguments("http://b:80:80/", "host and port"),
                arguments("http://b%2ec/", "host and port"),
                arguments("http://b%00c/", "host and port"),
                arguments("http://b c/", "host and port"),
                arguments("http://[::1/", "host and port"),
                arguments("http://[fe80::1%25eth0]/", "host and port"),
                arguments("http://b\u00fccher.example/", "host and port"),
                arguments("http://b,c/", "host and port"),
                arguments("http://a b/", "host and port"),
                arguments("http://good\\@evil/", "backslash"),
                arguments("/a\\..\\b", "backslash"),
                arguments("?q=a\\b", "backslash"),
                arguments("//evil@x", "user info"),
                arguments("//b|c/", "host and port"),
                arguments("//{b}/", "host and port"),
                arguments("//b\"/", "host and port"),
                arguments("//b%zz/", "host and port"),
                arguments("//b%20c/", "host and port"),
                arguments("//[b]/", "not a URI"),
                arguments("http://b^/", "host and port"),
                arguments("http://<b>/", "host and port"),
                arguments("a b:c", "scheme"),
                arguments("ht tp://b/", "scheme"),
                arguments("h%74tp://b/", "scheme"),
                arguments("/\u20ac", "not a URI"));
    }

    @ParameterizedTest
    @MethodSource("flawed")
    void whatLeadsNowhereIsRefusedWithItsReason(String location, String reason) {
        assertThatExceptionOfType(InvalidLocationException.class)
                .isThrownBy(() -> resolve(location))
                .withMessageContaining(reason)
                .withNoCause()
                .satisfies(ex -> assertThat(ex).message().doesNotContain("secret", "passwd", "user:", "Evil"));
    }

    @ParameterizedTest
    @ValueSource(ints = {LocationRule.MOST_CHARACTERS + 1, 65_536, 10_000_000})
    void locationHasABound(int length) throws Exception {
        assertThat(resolve("x".repeat(LocationRule.MOST_CHARACTERS)).toString()).hasSizeGreaterThan(8000);
        assertThatExceptionOfType(InvalidLocationException.class)
                .isThrownBy(() -> resolve("x".repeat(length)))
                .withMessageContaining(String.valueOf(length))
                .withMessageContaining("8192");
    }

    @Test
    void longestLocationCostsNoMoreThanItsLength() throws Exception {
        // Backtracking would make this quadratic, or worse.
        for (String unit : List.of("a", "..", "../", "/.", "%41", "?", "#", ":", "//")) {
            String location = unit.repeat(LocationRule.MOST_CHARACTERS / unit.length());
            for (int i = 0; i < 100; i++) {
                try {
                    resolve(location);
                } catch (InvalidLocationException ex) {
                    assertThat(ex).hasMessageContaining("its Location");
                }
            }
        }
    }

    @Test
    void severalLocationsMustAgree() throws Exception {
        assertThat(LocationRule.resolve(BASE, List.of("/x", "/x"))).hasToString("http://a/x");
        assertThatExceptionOfType(InvalidLocationException.class)
                .isThrownBy(() -> LocationRule.resolve(BASE, List.of("/x", "//b/x")))
                .withMessageContaining("more than one");
    }

    @ParameterizedTest
    @CsvSource({
        "http://my_service:8080/a, b, http://my_service:8080/b",
        "http://[fe80::1%25eth0]:8080/a, /b, http://[fe80::1%25eth0]:8080/b",
        "http://a, b, http://a/b",
        "http://a, ?x, http://a/?x",
        "https://a:8443/x, //b/y, https://b/y",
    })
    void baseMayBeWhateverWasCalled(String base, String location, String target) throws Exception {
        assertThat(LocationRule.resolve(URI.create(base), List.of(location))).hasToString(target);
    }
}
