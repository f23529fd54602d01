package io.kappa.kit.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

class BoundedBodyTest {

    private static BoundedBody body(int most, String... parts) {
        var body = new BoundedBody(most, 0);
        for (var part : parts) {
            body.take(Buffer.buffer(part));
        }
        return body;
    }

    @Test
    void isTheWholeOfItsParts() {
        var body = body(9, "one", "two", "six");

        assertThat(body.isBeyond()).isFalse();
        assertThat(body.whole()).hasToString("onetwosix");
        assertThat(body.seen()).isEqualTo(9);
    }

    @Test
    void theOnlyPartIsNotCopied() {
        var body = new BoundedBody(9, 3);
        var part = Buffer.buffer("one");

        body.take(part);

        assertThat(body.whole()).isSameAs(part);
    }

    @Test
    void whatIsBeyondTheBoundIsCountedAndNothingKept() {
        var body = body(8, "one", "two", "six", "ten");

        assertThat(body.isBeyond()).isTrue();
        assertThat(body.seen()).isEqualTo(12);
        assertThat(body.whole().length()).isZero();
    }

    @Test
    void nothingIsAnEmptyBody() {
        assertThat(body(8).whole().length()).isZero();
        assertThat(body(8).isBeyond()).isFalse();
    }

    @Test
    void anExpectationThatIsWrongDoesNoHarm() {
        var body = new BoundedBody(9, Long.MAX_VALUE);

        body.take(Buffer.buffer("one"));
        body.take(Buffer.buffer("two"));

        assertThat(body.whole()).hasToString("onetwo");
    }
}
