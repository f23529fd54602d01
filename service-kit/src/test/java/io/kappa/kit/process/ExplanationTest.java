package io.kappa.kit.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.BindException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class ExplanationTest {
    @Test
    void isOneLineFromTheWholeChainOfCauses() {
        var failure = new IllegalStateException(
                "topics could not be listed at example:9092", new IOException("no answer\nafter 60 s"));
        assertThat(Explanation.of(failure))
                .isEqualTo("topics could not be listed at example:9092: no answer after 60 s");
    }

    @Test
    void leavesOutWhatOnlyWrapsOrRepeats() {
        var failure = new CompletionException(new IOException("port 9000 is in use", new BindException("in use")));
        assertThat(Explanation.of(failure)).isEqualTo("port 9000 is in use");
    }

    @Test
    void namesAFailureThatHasNoMessage() {
        assertThat(Explanation.of(new IllegalStateException())).isEqualTo("IllegalStateException");
    }
}
