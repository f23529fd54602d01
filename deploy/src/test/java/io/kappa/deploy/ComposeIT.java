package io.kappa.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The front page's other start: {@code docker compose up} with images that are built from this tree, of which only the bases stand in for those of
 * a registry. Needs an engine and {@code ./mvnw -Pimages -DskipTests package}, and is skipped elsewhere.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class ComposeIT {
    private static final String PROJECT = "kappa-compose-it";
    private static final List<String> PORTS = List.of(
            "KAFKA_PORT",
            "CONTROLLER_PORT",
            "ROUTER_PORT",
            "ROUTER_MANAGEMENT_PORT",
            "ASYNC_QUEUE_MANAGEMENT_PORT",
            "MAPPER_MANAGEMENT_PORT",
            "DEAD_LETTERS_MANAGEMENT_PORT",
            "WORKER_MANAGEMENT_PORT");

    @TempDir
    private static Path directory;

    private static final Map<String, String> ENVIRONMENT = new HashMap<>();
    private static List<String> compose = List.of();
    private static boolean up;

    /** What a command printed, and how it ended. */
    private record Ran(int status, String output) {}

    private static Ran run(List<String> command) throws IOException, InterruptedException {
        var log = Files.createTempFile(directory, "command", ".log");
        var builder = new ProcessBuilder(command)
                .directory(Repository.ROOT.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(ENVIRONMENT);
        try {
            return new Ran(builder.start().waitFor(), Files.readString(log));
        } catch (IOException e) {
            return new Ran(127, e.toString()); // There is no such command.
        }
    }

    private static String succeed(String... command) throws IOException, InterruptedException {
        var ran = run(List.of(command));
        assertThat(ran.status())
                .as(() -> String.join(" ", command) + "\n" + ran.output())
                .isZero();
        return ran.output();
    }

    private static String compose(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(compose);
        command.addAll(List.of("--project-name", PROJECT, "--project-directory", Repository.ROOT.toString()));
        command.addAll(List.of(arguments));
        return succeed(command.toArray(String[]::new));
    }

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        assumeTrue(run(List.of("docker", "info")).status() == 0, "no Docker engine answers");
        compose = Stream.of(List.of("docker", "compose"), List.of("docker-compose"))
                .filter(ComposeIT::works)
                .findFirst()
                .orElse(List.of());
        assumeTrue(!compose.isEmpty(), "neither docker compose nor docker-compose is installed");
        var libraries = Repository.ROOT.resolve("standalone/target/lib");
        assumeTrue(
                Repository.SERVICES.stream()
                                .allMatch(service -> Files.isDirectory(
                                        Repository.ROOT.resolve(service).resolve("target/image/lib")))
                        && Files.isDirectory(libraries),
                "what images are made of is not built: ./mvnw -Pimages -DskipTests package");

        ENVIRONMENT.put("DOCKER_BUILDKIT", "0"); // Which would look for the stand-ins in a registry.
        ENVIRONMENT.put("COMPOSE_DOCKER_CLI_BUILD", "0");
        for (var port : PORTS) {
            try (var socket = new ServerSocket(0)) {
                ENVIRONMENT.put(port, Integer.toString(socket.getLocalPort()));
            }
        }
        succeed(
                "deploy/src/test/images/make-stand-ins",
                System.getProperty("java.home"),
                libraries.toString(),
                Files.createDirectory(directory.resolve("stand-ins")).toString());
        up = true;
        var file = withoutPorts(
                compose("-f", "docker-compose.yml", "-f", "deploy/src/test/images/docker-compose.host.yml", "config"));
        compose("-f", file, "up", "--detach", "--build");
    }

    private static boolean works(List<String> command) {
        try {
            return run(Stream.concat(command.stream(), Stream.of("version")).toList())
                            .status()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** There is nothing to publish on the machine's own network, and not every version of compose passes over it. */
    private static String withoutPorts(String configuration) throws IOException {
        var read = Rendered.YAML.readTree(configuration);
        for (JsonNode service : read.path("services")) {
            ((ObjectNode) service).remove("ports");
        }
        return Files.write(directory.resolve("docker-compose.yml"), Rendered.YAML.writeValueAsBytes(read))
                .toString();
    }

    @AfterAll
    static void stop() throws IOException, InterruptedException {
        if (up) {
            compose("-f", directory.resolve("docker-compose.yml").toString(), "down", "--volumes", "--timeout", "60");
        }
    }

    private static void awaitHealthy() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
        String states;
        do {
            states = succeed(
                    "docker", "ps", "--all", "--filter", "name=" + PROJECT, "--format", "{{.Names}} {{.Status}}");
            if (states.lines().count() == 6 && states.lines().allMatch(line -> line.contains("(healthy)"))) {
                return;
            }
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
        } while (System.nanoTime() < deadline);
        throw new AssertionError(
                states + compose("-f", directory.resolve("docker-compose.yml").toString(), "logs", "--tail", "40"));
    }

    @Test
    void aFunctionIsCreatedInvokedAndDeletedThroughImagesThatRunAsSomebodyWithoutRights() throws Exception {
        // given
        awaitHealthy();
        // when: what `helm test` does, too
        var said = succeed(
                "sh",
                Repository.CHART.resolve("files/invoke.sh").toString(),
                "http://127.0.0.1:" + ENVIRONMENT.get("ROUTER_PORT"));
        // then
        assertThat(said).contains("{\"greeting\": \"Hello, Ada\"}");
        assertThat(users()).containsEntry("router", "10001:10001").containsEntry("worker", "0:0");
        assertThat(labels("router")).contains("kappa/frontend-router", "Apache-2.0");

        // when
        compose("-f", directory.resolve("docker-compose.yml").toString(), "stop", "--timeout", "60");
        // then
        assertThat(statuses())
                .hasSize(6)
                .allSatisfy((name, status) -> assertThat(status).as(name).isIn("0", "143"));
    }

    private static Map<String, String> users() throws IOException, InterruptedException {
        return inspected("{{.Config.User}}");
    }

    private static String labels(String service) throws IOException, InterruptedException {
        return inspected("{{json .Config.Labels}}").getOrDefault(service, "");
    }

    private static Map<String, String> statuses() throws IOException, InterruptedException {
        return inspected("{{.State.ExitCode}}");
    }

    private static Map<String, String> inspected(String format) throws IOException, InterruptedException {
        var ids = succeed("docker", "ps", "--all", "--quiet", "--filter", "name=" + PROJECT)
                .lines()
                .toList();
        var command = new ArrayList<>(List.of(
                "docker", "inspect", "--format", "{{index .Config.Labels \"com.docker.compose.service\"}} " + format));
        command.addAll(ids);
        var found = new HashMap<String, String>();
        succeed(command.toArray(String[]::new)).lines().forEach(line -> {
            var parts = line.split(" ", 2);
            found.put(parts[0], parts[1]);
        });
        return found;
    }
}
