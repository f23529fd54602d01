package io.kappa.mapper.queue;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kappa.mapper.event.BatchResponse;
import io.kappa.mapper.event.EventForm;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Events are {@code body#receiveCount}, with spaces between; answers are the bodies that failed, with spaces between. */
final class FakeForm implements EventForm {
    static final int ENVELOPE = 10;
    /** A body that no event has room for, by what this form says. */
    static final String HUGE = "huge";

    @Override
    public byte[] event(
            List<ConsumerRecord<byte[], byte[]>> records, ReceiveCounts receiveCounts, @Nullable Window window) {
        return records.stream()
                .map(record -> body(record) + "#" + receiveCounts.of(record))
                .collect(Collectors.joining(" "))
                .getBytes(UTF_8);
    }

    @Override
    public int size(ConsumerRecord<byte[], byte[]> record) {
        return body(record).equals(HUGE) ? LONGEST_EVENT : record.value().length;
    }

    @Override
    public int envelopeSize() {
        return ENVELOPE;
    }

    @Override
    public BatchResponse read(byte[] response, List<ConsumerRecord<byte[], byte[]>> records) {
        var text = new String(response, UTF_8);
        if (text.isEmpty()) {
            return new BatchResponse.Succeeded(null);
        }
        var bodies = records.stream().map(FakeForm::body).toList();
        var failed = Arrays.stream(text.split(" ")).map(bodies::indexOf).collect(Collectors.toSet());
        return failed.contains(-1)
                ? new BatchResponse.Failed("not in the batch")
                : new BatchResponse.Partly(failed, null);
    }

    static String body(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.value(), UTF_8);
    }
}
