package io.kappa.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/** What Linux and the JVM tell of a running process. */
final class ProcessFigures {
    private static final long TICKS_PER_SECOND = 100; // USER_HZ, the same on every Linux that a JDK 25 runs on.
    private static final Pattern USED = Pattern.compile("used (\\d+)K");

    /** CPU time that the process itself has used, without its children. */
    static Duration cpu(long pid) throws IOException {
        var stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        return Duration.ofMillis(ticks * 1000 / TICKS_PER_SECOND);
    }

    /** Resident memory, in mebibytes. */
    static long residentMegabytes(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElse(0);
    }

    /** Heap in use after a full collection, in mebibytes. */
    static long liveHeapMegabytes(long pid) throws IOException, InterruptedException {
        jcmd(pid, "GC.run");
        var matcher = USED.matcher(jcmd(pid, "GC.heap_info"));
        return matcher.results()
                        .mapToLong(used -> Long.parseLong(used.group(1)))
                        .sum()
                / 1024;
    }

    private static String jcmd(long pid, String command) throws IOException, InterruptedException {
        var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        var process = new ProcessBuilder(jcmd, Long.toString(pid), command)
                .redirectErrorStream(true)
                .start();
        var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        int metaspace = out.indexOf("Metaspace"); // Printed after the heap's generations, and no part of it.
        return metaspace < 0 ? out : out.substring(0, metaspace);
    }

    private ProcessFigures() {}
}
