package io.kappa.benchmarks;

import io.kappa.contracts.function.RuntimeIdentifier;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.tools.ToolProvider;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;

/**
 * A function in one language, which returns its event unless it is made to do something else.
 *
 * @param label how the tables call it
 * @param files of the deployment package, by name; all are executable
 */
record Sample(String label, RuntimeIdentifier runtime, String handler, Map<String, byte[]> files) {
    private static final String JAVA_SOURCE = """
            public class Echo {
                public Object handle(java.util.Map<String, Object> event) {
                    return event;
                }
            }
            """;

    Sample {
        files = Map.copyOf(files);
    }

    static Sample python() {
        return python("def handler(event, context):\n    return event\n");
    }

    /** One that does something else: what its {@code handler} does. */
    static Sample python(String source) {
        return new Sample("Python", RuntimeIdentifier.PYTHON3_13, "echo.handler", Map.of("echo.py", bytes(source)));
    }

    /** Functions that tell when their import began, in nanoseconds of the machine's monotonic clock. */
    static List<Sample> clocks(Path scratch) throws IOException {
        return List.of(
                python("""
                        import time
                        began = time.monotonic_ns()
                        def handler(event, context):
                            time.sleep(event.get('sleep', 0))
                            return began
                        """),
                new Sample("Node.js", RuntimeIdentifier.NODEJS22_X, "clock.handler", Map.of("clock.js", bytes("""
                                const began = Number(process.hrtime.bigint());
                                exports.handler = async () => began;
                                """))),
                java("Clock", """
                        public class Clock {
                            static final long BEGAN = System.nanoTime();
                            public Long handle(java.util.Map<String, Object> event) { return BEGAN; }
                        }
                        """, RuntimeIdentifier.JAVA25, scratch),
                new Sample("Ruby", RuntimeIdentifier.RUBY3_4, "clock.handler", Map.of("clock.rb", bytes("""
                                BEGAN = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)
                                def handler(event:, context:)
                                  BEGAN
                                end
                                """))));
    }

    static Sample nodejs() {
        return new Sample(
                "Node.js",
                RuntimeIdentifier.NODEJS22_X,
                "echo.handler",
                Map.of("echo.js", bytes("exports.handler = async (event) => event;\n")));
    }

    static Sample ruby() {
        return new Sample(
                "Ruby",
                RuntimeIdentifier.RUBY3_4,
                "echo.handler",
                Map.of("echo.rb", bytes("def handler(event:, context:)\n  event\nend\n")));
    }

    /** Compiled here and now by this JVM's compiler. */
    static Sample java(Path scratch) throws IOException {
        return java("Echo", JAVA_SOURCE, RuntimeIdentifier.JAVA21, scratch);
    }

    private static Sample java(String name, String text, RuntimeIdentifier runtime, Path scratch) throws IOException {
        var source = Files.writeString(scratch.resolve(name + ".java"), text);
        var messages = new StringWriter();
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            var options = List.of("-d", scratch.toString(), "--release", "21");
            if (!compiler.getTask(messages, manager, null, options, null, manager.getJavaFileObjects(source))
                    .call()) {
                throw new IllegalStateException("the Java sample does not compile: " + messages);
            }
        }
        return new Sample(
                "Java",
                runtime,
                name + "::handle",
                Map.of(name + ".class", Files.readAllBytes(scratch.resolve(name + ".class"))));
    }

    /** Compiled here and now by the machine's C compiler. */
    static Sample nativeBootstrap(Path source, Path scratch) throws IOException, InterruptedException {
        var binary = scratch.resolve("bootstrap");
        int status = new ProcessBuilder("cc", "-O2", "-o", binary.toString(), source.toString())
                .inheritIO()
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException("cc ended with status " + status);
        }
        return new Sample(
                "native",
                RuntimeIdentifier.PROVIDED_AL2023,
                "bootstrap",
                Map.of("bootstrap", Files.readAllBytes(binary)));
    }

    byte[] zip() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipArchiveOutputStream(bytes)) {
            for (var file : new TreeMap<>(files).entrySet()) {
                var entry = new ZipArchiveEntry(file.getKey());
                entry.setUnixMode(0100755);
                zip.putArchiveEntry(entry);
                zip.write(file.getValue());
                zip.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    /** Writes the package's files as a sandbox would see them. */
    Path unpack(Path directory) throws IOException {
        Files.createDirectories(directory);
        for (var file : files.entrySet()) {
            var path = Files.write(directory.resolve(file.getKey()), file.getValue());
            if (!path.toFile().setExecutable(true)) {
                throw new IOException("cannot make executable: " + path);
            }
        }
        return directory;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
