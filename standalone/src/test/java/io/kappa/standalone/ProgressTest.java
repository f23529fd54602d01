package io.kappa.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ProgressTest {
    @Test
    void aStepThatTakesLongSaysSoWhileItRuns() throws Exception {
        // given
        var said = new CountDownLatch(1);
        var printed = new ByteArrayOutputStream();
        var out = new PrintStream(printed, true, UTF_8) {
            @Override
            public void println(String line) {
                super.println(line);
                said.countDown();
            }
        };
        // when
        try (var progress = new Progress(out, () -> false)) {
            progress.during("Kafka is starting", () -> {
                said.await(); // Until the step has been announced, and no longer.
                return "started";
            });
        }
        // then
        assertThat(printed.toString(UTF_8)).isEqualToIgnoringNewLines("Kafka is starting ...");
    }

    @Test
    void noStepBeginsOnceTheProcessIsToEnd() {
        try (var progress = new Progress(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8), () -> true)) {
            assertThatThrownBy(() -> progress.during("never", () -> {
                        throw new AssertionError("begun");
                    }))
                    .isInstanceOf(Progress.StoppedException.class);
        }
    }
}
