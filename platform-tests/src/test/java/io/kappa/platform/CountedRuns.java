package io.kappa.platform;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What functions of Python note of each of their runs: one line with request id and time, appended at once, so that no run is lost and none
 * counted twice. Below a directory that functions may write to.
 */
record CountedRuns(Path directory) {
    /** What a platform must be told whose functions note their runs: in a container they would not see the machine's files. */
    static final String SETTING = "worker.sandbox.kind=process";

    private static final String NOTE = """
            import json, os, time

            def note(context):
                line = '%s %d\\n' % (context.aws_request_id, time.time() * 1000)
                out = os.open(os.environ['RUNS'], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
                try:
                    os.write(out, line.encode())
                finally:
                    os.close(out)

            """;

    /** The source of a function: notes its run, and then does what the body says, which knows {@code event} and {@code context}. */
    static String source(String body) {
        return NOTE + "def handler(event, context):\n    note(context)\n" + body.indent(4);
    }

    /** The environment variables of a function that notes its runs under this name. */
    Map<String, String> environment(String name) {
        return Map.of("RUNS", file(name).toString());
    }

    private Path file(String name) {
        return directory.resolve(name + ".runs");
    }

    /** The request id of each run, in their order. */
    List<String> of(String name) {
        try {
            return Files.exists(file(name))
                    ? Files.readAllLines(file(name)).stream()
                            .map(line -> line.substring(0, line.indexOf(' ')))
                            .toList()
                    : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How often each request id ran. */
    Map<String, Long> countedById(String name) {
        return of(name).stream().collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    }
}
