package io.kappa.worker.environment;

import io.kappa.worker.log.EnvironmentLog;
import io.kappa.worker.log.LineSplitter;
import io.kappa.worker.log.LogTail;
import io.kappa.worker.sandbox.Sandbox;
import io.kappa.worker.telemetry.TelemetryEvent;
import io.kappa.worker.telemetry.TelemetryStream;
import io.kappa.worker.telemetry.TelemetryType;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The log of one environment in the order of what happened: what its processes print, and what the platform says of it. The former
 * arrives on the machine's output thread and the latter on the environment's event loop, hence the lock, which is hardly ever waited for.
 */
final class EnvironmentOutput implements Sandbox.Output {
    private final EnvironmentLog log;
    private final EventLoop loop;
    private final ApplicationLevel level;
    private final TelemetryStream telemetry;
    private final LineSplitter printed = new LineSplitter(this::printed);
    private String requestId = "";
    private @Nullable LogTail tail;
    private boolean insideLine;

    /**
     * @param level decides which of the printed lines count
     * @param loop for its clock alone, which any thread may read
     * @param telemetry is told of the lines that count
     */
    EnvironmentOutput(EnvironmentLog log, ApplicationLevel level, EventLoop loop, TelemetryStream telemetry) {
        this.telemetry = telemetry;
        this.log = log;
        this.level = level;
        this.loop = loop;
    }

    @Override
    public synchronized void print(byte[] bytes) {
        if (bytes.length == 0) {
            return;
        }
        printed.add(bytes);
        insideLine = bytes[bytes.length - 1] != '\n';
        if (tail != null && !level.leavesOut()) {
            tail.append(bytes);
        }
    }

    /** What one extension prints, for the same log: a whole line at a time. */
    OfExtension ofExtension() {
        return new OfExtension();
    }

    final class OfExtension implements Sandbox.Output {
        private final LineSplitter lines = new LineSplitter(EnvironmentOutput.this::printedByExtension);

        @Override
        public void print(byte[] bytes) {
            synchronized (EnvironmentOutput.this) {
                lines.add(bytes);
            }
        }

        /** Nothing more is printed. */
        void end() {
            synchronized (EnvironmentOutput.this) {
                lines.end();
            }
        }
    }

    private void printedByExtension(String line) {
        if (!level.counts(line)) {
            return;
        }
        line(line);
        tell(TelemetryType.EXTENSION, line);
        if (tail != null) {
            tail.append(line);
            tail.append("\n");
        }
    }

    /** From here on everything belongs to this invocation. */
    synchronized void begin(String invocation, boolean tailWanted) {
        endLine();
        requestId = invocation;
        tail = tailWanted ? new LogTail() : null;
    }

    /** Adds a line of the platform's own, unless it is empty. */
    synchronized void platform(String text) {
        if (text.isEmpty()) {
            return;
        }
        endLine();
        line(text);
        if (tail != null) {
            tail.append(text);
            tail.append("\n");
        }
    }

    /** The invocation is over; returns the end of its log in base64, or nothing where that was not wanted. */
    synchronized String end() {
        endLine();
        requestId = "";
        if (tail == null) {
            return "";
        }
        var bytes = tail.bytes();
        tail = null;
        return Base64.getEncoder().encodeToString(bytes);
    }

    synchronized void close() {
        endLine();
        log.close();
    }

    private void endLine() {
        if (insideLine) {
            printed.end();
            insideLine = false;
            if (tail != null && !level.leavesOut()) {
                tail.append("\n");
            }
        }
    }

    /** A whole line. Where some are left out, only a line that is whole can go to the tail. */
    private void printed(String line) {
        if (!level.counts(line)) {
            return;
        }
        line(line);
        tell(TelemetryType.FUNCTION, line);
        if (tail != null && level.leavesOut()) {
            tail.append(line);
            tail.append("\n");
        }
    }

    private void tell(TelemetryType type, String line) {
        if (telemetry.isOpen()) {
            telemetry.add(new TelemetryEvent.Line(loop.currentTimeMillis(), type, line, level.ofJson()));
        }
    }

    private void line(String message) {
        log.line(loop.currentTimeMillis(), requestId, message);
    }
}
