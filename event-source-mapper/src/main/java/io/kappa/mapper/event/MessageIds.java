package io.kappa.mapper.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Names of records that follow from where they stand, so that a record has the same one whoever reads it and however often. */
final class MessageIds {
    private MessageIds() {}

    /** A name-based UUID of {@code TOPIC/PARTITION/OFFSET}. */
    static UUID of(ConsumerRecord<byte[], byte[]> record) {
        return UUID.nameUUIDFromBytes(
                (record.topic() + "/" + record.partition() + "/" + record.offset()).getBytes(UTF_8));
    }
}
