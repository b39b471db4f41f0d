// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerTests {

    @Test
    void hasALengthByDefault() {
        assertThat(text(Answer.ok("hello").header("Keep-Alive", "timeout=5")))
                .isEqualTo("HTTP/1.1 200 Scripted\r\nKeep-Alive: timeout=5\r\nContent-Length: 5\r\n\r\nhello");
    }

    @Test
    void mayBeChunked() {
        assertThat(text(Answer.ok("hello").chunked()))
                .isEqualTo("HTTP/1.1 200 Scripted\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n");
        assertThat(text(Answer.ok("").chunked())).endsWith("chunked\r\n\r\n0\r\n\r\n");
    }

    @Test
    void mayEndWithTheConnection() {
        assertThat(text(Answer.ok("hello").closeDelimited())).isEqualTo("HTTP/1.1 200 Scripted\r\n\r\nhello");
        assertThat(Answer.ok("hello").closeDelimited().render(null).closes()).isTrue();
        assertThat(Answer.ok("hello").header("Connection", "close").render(null).closes())
                .isTrue();
        assertThat(Answer.ok("hello").render(null).closes()).isFalse();
    }

    @Test
    void hasNoBodyWhereHttpAllowsNone() {
        Request head = new Request("HEAD", "/", List.of(), new byte[0], true, 0, 0);

        assertThat(text(Answer.status(204).body("x"))).isEqualTo("HTTP/1.1 204 Scripted\r\n\r\n");
        assertThat(text(Answer.status(304).body("x"))).isEqualTo("HTTP/1.1 304 Scripted\r\n\r\n");
        assertThat(new String(Answer.ok("hello").render(head).bytes(), StandardCharsets.ISO_8859_1))
                .isEqualTo("HTTP/1.1 200 Scripted\r\nContent-Length: 5\r\n\r\n");
    }

    @Test
    void mayBeAnyBytes() {
        assertThat(text(Answer.raw("SSH-2.0\r\n"))).isEqualTo("SSH-2.0\r\n");
        assertThat(Answer.raw("HTTP/1.1 200 OK\r\n\r\nab").render(null).headLength())
                .isEqualTo(19);
    }

    @Test
    void mayBeFollowedByBytesThatDoNotBelongToIt() {
        Answer.Rendered rendered = Answer.status(204).followedBy("POISON").render(null);

        assertThat(new String(rendered.bytes(), StandardCharsets.ISO_8859_1)).endsWith("\r\n\r\nPOISON");
        assertThat(rendered.length()).isEqualTo(rendered.headLength());
    }

    private static String text(Answer answer) {
        return new String(answer.render(null).bytes(), StandardCharsets.ISO_8859_1);
    }
}
