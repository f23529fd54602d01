package io.kappa.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

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
        var builder = new ProcessBuilder("bash", "-euo", "pipefail", "-c", script)
                .directory(directory.toFile())
                .redirectErrorStream(true);
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
        var process = builder.start();
        var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        return printed;
    }
}
