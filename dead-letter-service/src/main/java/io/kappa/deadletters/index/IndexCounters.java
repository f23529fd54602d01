package io.kappa.deadletters.index;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;

/** What the owners count as they go. A step that is taken back and done again is counted twice. */
final class IndexCounters {
    private final MeterRegistry metrics;
    private final Counter received;
    private final Counter sent;

    IndexCounters(MeterRegistry metrics) {
        this.metrics = metrics;
        this.received = metrics.counter("kappa.dead.letters.received");
        this.sent = metrics.counter("kappa.redrives.sent");
    }

    void count(Change change) {
        switch (change) {
            case Change.Received _ -> received.increment();
            case Change.Forwarded _ -> sent.increment();
            case Change.Ended ended ->
                metrics.counter(
                                "kappa.redrives.outcomes",
                                "outcome",
                                ended.row()
                                        .result()
                                        .name()
                                        .toLowerCase(Locale.ROOT)
                                        .replace('_', '-'))
                        .increment();
            case Change.Moved _,
                    Change.Left _,
                    Change.Matched _,
                    Change.Handled _,
                    Change.Progressed _,
                    Change.Deleting _,
                    Change.Erased _ -> {}
        }
    }

    /** A record that says nothing that can be understood. */
    void unreadable(String topic) {
        metrics.counter("kappa.dead.letters.unreadable", "topic", topic).increment();
    }
}
