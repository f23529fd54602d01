package io.kappa.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code ./kappa}, on what this build has made. The rehearsal comes first and stays, so that the tree starts quickly afterwards. */
@Timeout(300)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LauncherIT {
    private static final Path LAUNCHER = Path.of("../kappa").toAbsolutePath().normalize();
    private static final String ANY_FREE = "0";

    @TempDir
    Path data;

    @Test
    @Order(1)
    void aRehearsalLeavesWhatMakesTheNextStartQuick() throws Exception {
        // given
        var cache = Path.of("target/kappa.aot");
        Files.deleteIfExists(cache);
        // when
        var output = finished(launch("rehearse"));
        // then
        assertThat(cache).as(output).isNotEmptyFile();
    }

    @Test
    @Order(2)
    void theLauncherBecomesThePlatformWhichDrainsOnSigterm() throws Exception {
        // given
        var process = launch("start", "--data", data.toString(), "--kafka-port", ANY_FREE);
        try (var output = process.inputReader(UTF_8)) {
            var line = output.readLine();
            while (line != null && !line.startsWith("Kappa is ready")) {
                line = output.readLine();
            }
            // when
            process.toHandle().destroy(); // Unlike destroy() of the process, it leaves the output open.
            // then
            assertThat(output.readAllAsString()).contains("Lambda API", "Stopping: what runs is finished first.");
            assertThat(process.waitFor()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    @Order(3)
    void theDemoRunsAndRunsAgainOnWhatTheFirstLeft() throws Exception {
        // given the same broker both times, as users have it, for a mapping of the first run knows where it was
        var kafkaPort = freePort();
        for (var run : List.of("first", "second")) {
            var output = finished(
                    launch("start", "--demo", "--rehearse", "--data", data.toString(), "--kafka-port", kafkaPort));
            assertThat(output)
                    .as(run)
                    .contains("kappa.registry.records", "aws lambda list-functions")
                    .containsPattern("filtered out +4")
                    .containsPattern("delivered +15")
                    .containsPattern("dead letters +1: .*, RETRIES_EXHAUSTED")
                    .doesNotContain("broke off");
        }
    }

    private static String freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return Integer.toString(socket.getLocalPort());
        }
    }

    private static Process launch(String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(LAUNCHER.toString()));
        command.addAll(List.of(arguments));
        if (arguments[0].equals("start")) {
            command.addAll(List.of("--port", ANY_FREE, "--management-port", ANY_FREE));
        }
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static String finished(Process process) throws Exception {
        try (var output = process.inputReader(UTF_8)) {
            var all = output.readAllAsString();
            assertThat(process.waitFor()).as(all).isZero();
            return all;
        } finally {
            process.destroyForcibly();
        }
    }
}
