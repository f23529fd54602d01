package io.kappa.runtimes;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Something asked of an executable by running it. */
final class Question {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private Question() {}

    /**
     * Runs an executable and returns the lines that it prints, or none if it fails.
     *
     * @throws IOException where it cannot be run
     */
    static List<String> ask(Path executable, String... arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(executable.toString());
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        var killer = process.onExit()
                .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(_ -> {
                    process.destroyForcibly();
                    return process;
                });
        try (InputStream output = process.getInputStream()) {
            var lines = new String(output.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return killer.join().onExit().join().exitValue() == 0 ? lines : List.of();
        } finally {
            process.destroyForcibly();
        }
    }
}
