package io.kappa.runtimes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Runs the Java client through a few events of a Runtime API of its own, so that the virtual machine can archive what
 * it has loaded.
 */
final class JavaTraining implements AutoCloseable {

    /** A function that every Java has, which takes a map and returns it. */
    private static final String HANDLER = "java.util.Collections::unmodifiableMap";

    private static final byte[] EVENT =
            "{\"text\":\"a\",\"list\":[1,2.5,true,null],\"object\":{\"more\":\"b\"}}".getBytes(StandardCharsets.UTF_8);
    private static final String ASSIGNMENT = "/kappa/assignment";
    private static final int EVENTS = 3;
    private static final long PATIENCE_SECONDS = 60;

    private final Java java;
    private final Path clients;
    private final HttpServer server;
    private volatile Map<String, String> variables = Map.of();
    private final AtomicInteger given = new AtomicInteger();

    JavaTraining(Java java, Path clients) throws IOException {
        this.java = java;
        this.clients = clients;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    void run(Interpreter interpreter, Path archive) throws IOException, InterruptedException {
        var directory = Files.createDirectories(Objects.requireNonNull(archive.getParent()));
        var empty = Files.createTempDirectory("kappa-java-");
        var unfinished = directory.resolve(
                archive.getFileName() + "." + ProcessHandle.current().pid());
        try {
            var roots = new Language.Roots(
                    empty.toString(),
                    clients.toString(),
                    Language.Roots.LAYERS,
                    interpreter.version(),
                    HANDLER,
                    Map.of());
            var start = java.start(
                    interpreter, roots, 512, List.of("-XX:ArchiveClassesAtExit=" + unfinished, "-Xlog:disable"));
            var builder = new ProcessBuilder(start.command())
                    .directory(empty.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD);
            builder.environment().clear();
            variables = variables(empty);
            builder.environment().putAll(variables);
            builder.environment()
                    .put(ParkedStart.PARKED, "1"); // Which client versions without a launcher of Kappa's overlook.
            var process = builder.start();
            try {
                if (process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && Files.exists(unfinished)) {
                    Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rw-r--r--"));
                    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
                    Files.move(unfinished, archive, StandardCopyOption.ATOMIC_MOVE);
                }
            } finally {
                process.destroyForcibly();
            }
        } finally {
            Files.deleteIfExists(unfinished);
            Files.deleteIfExists(empty);
        }
    }

    private Map<String, String> variables(Path taskRoot) {
        var variables = new HashMap<String, String>();
        variables.put(
                "AWS_LAMBDA_RUNTIME_API", "127.0.0.1:" + server.getAddress().getPort());
        variables.put("LAMBDA_TASK_ROOT", taskRoot.toString());
        variables.put("_HANDLER", HANDLER);
        variables.put("AWS_LAMBDA_FUNCTION_NAME", "training");
        variables.put("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST");
        variables.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512");
        variables.put("AWS_LAMBDA_LOG_GROUP_NAME", "training");
        variables.put("AWS_LAMBDA_LOG_STREAM_NAME", "training");
        return variables;
    }

    private byte[] assignment() {
        return variables.entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue() + "\0")
                .collect(Collectors.joining())
                .getBytes(StandardCharsets.UTF_8);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            if (exchange.getRequestURI().getPath().equals(ASSIGNMENT)) {
                var assignment = assignment();
                exchange.sendResponseHeaders(200, assignment.length);
                exchange.getResponseBody().write(assignment);
                return;
            }
            if (!exchange.getRequestURI().getPath().endsWith("/next")) {
                exchange.sendResponseHeaders(202, -1);
                return;
            }
            if (given.incrementAndGet() > EVENTS) {
                return; // No answer: the client gives up, and the virtual machine writes its archive while it ends.
            }
            var headers = exchange.getResponseHeaders();
            headers.set("Content-Type", "application/json");
            headers.set("Lambda-Runtime-Aws-Request-Id", "00000000-0000-0000-0000-000000000000");
            headers.set("Lambda-Runtime-Deadline-Ms", String.valueOf(System.currentTimeMillis() + 60_000));
            headers.set(
                    "Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:000000000000:function:training");
            exchange.sendResponseHeaders(200, EVENT.length);
            exchange.getResponseBody().write(EVENT);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
