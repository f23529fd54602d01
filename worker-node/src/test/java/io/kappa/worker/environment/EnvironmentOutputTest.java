package io.kappa.worker.environment;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.LoggingConfiguration;
import io.kappa.worker.log.EnvironmentLog;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnvironmentOutputTest {
    private final List<String> log = new ArrayList<>();

    private EnvironmentOutput output(LoggingConfiguration logging) {
        var kept = new EnvironmentLog() {
            @Override
            public void line(long timeMillis, String requestId, String message) {
                log.add(message);
            }

            @Override
            public void close() {}
        };
        var loop = new TurnedLoop();
        return new EnvironmentOutput(
                kept, ApplicationLevel.of(logging), loop, TelemetryLoop.stream(loop, Extensions.NONE.transport()));
    }

    private static void print(EnvironmentOutput output, String... pieces) {
        for (var piece : pieces) {
            output.print(piece.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String tail(EnvironmentOutput output) {
        return new String(Base64.getDecoder().decode(output.end()), StandardCharsets.UTF_8);
    }

    @Test
    void logAndTailAgreeOnWhatIsLeftOut() {
        var output = output(new LoggingConfiguration("JSON", "WARN", "INFO", "/aws/lambda/f"));
        output.begin("r", true);

        print(
                output,
                "{\"level\":\"INFO\",\"message\":\"not",
                " this\"}\n{\"level\":\"WARN\"}\nplain\n{\"level\":\"ERR");
        output.platform("{\"type\":\"platform.report\"}");

        assertThat(log)
                .containsExactly("{\"level\":\"WARN\"}", "plain", "{\"level\":\"ERR", "{\"type\":\"platform.report\"}");
        assertThat(tail(output)).isEqualTo(String.join("\n", log) + "\n");
    }

    @Test
    void textIsKeptAsItComes() {
        var output = output(new LoggingConfiguration("Text", null, null, "/aws/lambda/f"));
        output.begin("r", true);

        print(output, "{\"level\":\"TRACE\"}\nopen", " end");

        assertThat(tail(output)).isEqualTo("{\"level\":\"TRACE\"}\nopen end\n");
        assertThat(log).containsExactly("{\"level\":\"TRACE\"}", "open end");
    }
}
