package io.kappa.kit.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.kit.lifecycle.ServiceContext;
import io.kappa.kit.process.ServiceProcess.Assembly;
import io.kappa.kit.settings.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ServiceProcessTest {
    private final End end = new End();
    private final ByteArrayOutputStream complaints = new ByteArrayOutputStream();

    private int run(Assembly<String> assembly, String... arguments) {
        return ServiceProcess.run(
                "sample",
                List.of(arguments),
                Map.of(),
                (Settings settings) -> settings.text("sample.text", "none"),
                assembly,
                end,
                new PrintStream(complaints, true, UTF_8));
    }

    private String complaints() {
        return complaints.toString(UTF_8);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void wrongSettingsEndItWithTwoAndOneLineEach() {
        int status = run((_, _, _) -> {}, "sample.txet=x", "management.port=many");
        assertThat(status).isEqualTo(2);
        assertThat(complaints())
                .contains("sample: setting 'management.port' is 'many'")
                .contains("sample: unknown setting 'sample.txet'; did you mean 'sample.text'?");
    }

    @Test
    void aServiceThatCannotStartEndsItWithOneAndSaysWhy() {
        var closed = new ArrayList<String>();
        int status = run(
                (_, _, context) -> {
                    context.lifecycle().own(() -> closed.add("part"));
                    throw new IllegalStateException("these topics do not exist: a");
                },
                "management.port=0");
        assertThat(status).isEqualTo(1);
        assertThat(complaints()).isEqualTo("sample: these topics do not exist: a" + System.lineSeparator());
        assertThat(closed).containsExactly("part");
    }

    @Test
    void itIsReadyOnceItHasStartedAndNotWhileItStops() throws Exception {
        // given
        int port = freePort();
        var contexts = new CompletableFuture<ServiceContext>();
        var whileStopping = new CompletableFuture<List<String>>();
        var status = CompletableFuture.supplyAsync(() -> run(
                (text, _, context) -> {
                    assertThat(text).isEqualTo("given");
                    assertThat(context.health().unready()).containsExactly("process: starting");
                    context.lifecycle()
                            .own(() -> whileStopping.complete(context.health().unready()));
                    contexts.complete(context);
                },
                "sample.text=given",
                "management.port=" + port));
        var health = contexts.join().health();
        while (!health.unready().isEmpty()) {
            Thread.onSpinWait();
        }
        // then
        var printed = new ByteArrayOutputStream();
        assertThat(HealthCheck.ready(port, new PrintStream(printed, true, UTF_8)))
                .isTrue();
        assertThat(printed.toString(UTF_8)).contains("\"ready\":true");
        // when
        end.asked();
        // then
        assertThat(status.join()).isZero();
        assertThat(whileStopping.join()).containsExactly("process: stopping");
        assertThat(HealthCheck.ready(port, new PrintStream(printed, true, UTF_8)))
                .isFalse();
    }

    @Test
    void aStartThatWaitsForSomethingCanBeEnded() {
        var waiting = new CountDownLatch(1);
        var status = CompletableFuture.supplyAsync(() -> run(
                (_, _, _) -> {
                    waiting.countDown();
                    new CountDownLatch(1).await();
                },
                "management.port=0"));
        assertThat(waiting).satisfies(CountDownLatch::await);
        end.asked();
        assertThat(status.join()).isZero();
    }
}
