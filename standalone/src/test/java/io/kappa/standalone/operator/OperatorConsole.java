package io.kappa.standalone.operator;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** A command line of operators' commands alone, at noon, which keeps what is printed. */
final class OperatorConsole {
    static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final StringWriter err = new StringWriter();
    private final List<Duration> pauses = new ArrayList<>();
    private final String url;

    @Command(name = "kappa")
    private static final class Root {}

    OperatorConsole(String url) {
        this.url = url;
    }

    /** Runs a command as {@code sre}, and returns its exit status. */
    int run(String... arguments) {
        var stream = new PrintStream(out, true, UTF_8);
        var kappa = new CommandLine(new Root());
        OperatorCommands.addTo(kappa, stream, pauses::add, () -> NOON);
        var all = new ArrayList<>(Arrays.asList(arguments));
        all.addAll(List.of("--management-url", url, "--by", "sre"));
        return kappa.setOut(new PrintWriter(stream, true, UTF_8))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    String out() {
        return out.toString(UTF_8);
    }

    String err() {
        return err.toString();
    }

    List<Duration> pauses() {
        return pauses;
    }
}
