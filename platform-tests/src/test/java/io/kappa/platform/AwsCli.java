package io.kappa.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The machine's {@code aws} command, pointed at a platform. */
final class AwsCli {
    private final URI endpoint;
    private final Path directory;

    /**
     * Skips the test that asks where the machine has no such command.
     *
     * @param directory in which commands run
     */
    AwsCli(URI endpoint, Path directory) throws IOException, InterruptedException {
        assumeTrue(onPath("aws"), "the aws CLI is not installed");
        this.endpoint = endpoint;
        this.directory = directory;
    }

    static boolean onPath(String command) throws IOException, InterruptedException {
        return new ProcessBuilder("sh", "-c", "command -v " + command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    /** Runs a script of commands, and returns what it prints. Fails where one of them does. */
    String run(String script) throws IOException, InterruptedException {
        var process = process(endpoint, List.of("bash", "-euo", "pipefail", "-c", script))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        return printed;
    }

    /** A command that knows where the platform is. */
    static ProcessBuilder process(URI endpoint, List<String> command) {
        var builder = new ProcessBuilder(command);
        builder.environment()
                .putAll(Map.of(
                        "AWS_ENDPOINT_URL",
                        endpoint.toString(),
                        "AWS_DEFAULT_REGION",
                        "us-east-1",
                        "AWS_ACCESS_KEY_ID",
                        "any",
                        "AWS_SECRET_ACCESS_KEY",
                        "any"));
        return builder;
    }

    /** The command of version 2, by its path, wherever it is installed; version 1 lacks some commands and is often the first on the path. */
    static Optional<String> ofVersionTwo() throws IOException, InterruptedException {
        var directories = Stream.concat(
                Stream.of(System.getenv("PATH").split(File.pathSeparator)), Stream.of("/usr/local/bin", "/usr/bin"));
        for (var directory : directories.distinct().toList()) {
            var command = Path.of(directory, "aws");
            if (Files.isExecutable(command) && version(command).startsWith("aws-cli/2")) {
                return Optional.of(command.toString());
            }
        }
        return Optional.empty();
    }

    private static String version(Path command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command.toString(), "--version")
                .redirectErrorStream(true)
                .start();
        var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return printed;
    }
}
