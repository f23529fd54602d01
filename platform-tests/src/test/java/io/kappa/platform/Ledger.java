package io.kappa.platform;

import io.kappa.contracts.invocation.InvocationEnded;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.topic.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The ledger of a running platform: how its events ended. */
record Ledger(TopicContents topics) {
    private static final String TOPIC = Topic.INVOCATIONS_ENDED.name("kappa");
    private static final RecordCodec<InvocationEnded> LINES = RecordCodec.of(InvocationEnded.class);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Waits until the event has ended. */
    InvocationEnded await(String requestId) {
        return await(line -> line.requestId().toString().equals(requestId));
    }

    /** Waits for a line. */
    InvocationEnded await(Predicate<InvocationEnded> looked) {
        return line(topics.await(TOPIC, PATIENCE, record -> looked.test(line(record))));
    }

    /** All lines so far. */
    List<InvocationEnded> lines() {
        return topics.of(TOPIC).stream().map(Ledger::line).toList();
    }

    /** The lines so far of one function, whatever qualifier it was invoked by. */
    List<InvocationEnded> lines(String function) {
        return lines().stream()
                .filter(line -> functionOf(line).equals(function))
                .toList();
    }

    /** The name of the function that the event was for. */
    static String functionOf(InvocationEnded line) {
        var parts = Objects.requireNonNullElse(line.target(), "").split(":", -1);
        return parts.length > 6 ? parts[6] : "";
    }

    private static InvocationEnded line(ConsumerRecord<String, byte[]> record) {
        return LINES.decode(record.value());
    }
}
