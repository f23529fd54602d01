package io.kappa.worker.metering;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.metering.InvocationUse;
import io.kappa.contracts.metering.UseBatch;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UseRecordsTest {
    private static final String FUNCTION = "arn:aws:lambda:us-east-1:111111111111:function:f";
    private static final InvocationUse USE = new InvocationUse(
            VersionArn.parse(FUNCTION + ":3"),
            FUNCTION,
            "r",
            "success",
            "on-demand",
            "x86_64",
            128,
            40,
            512,
            1_010,
            0,
            0,
            2,
            0,
            0);

    private final MockProducer<String, byte[]> producer =
            new MockProducer<>(false, null, new StringSerializer(), new ByteArraySerializer());
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final ScheduledExecutorService never = Executors.newSingleThreadScheduledExecutor();
    private final UseRecords records = new UseRecords(producer, "metering", metrics, never);

    @AfterEach
    void close() {
        records.close();
    }

    private double lost() {
        return metrics.get("kappa.worker.metering.lost").counter().count();
    }

    @Test
    void aRecordIsKeyedByItsFunctionAndHasTheTimeOfTheStart() {
        records.add(USE, 1_795_176_000_123L);
        records.ship();

        var sent = producer.history().getFirst();
        assertThat(sent.key()).isEqualTo(FUNCTION);
        assertThat(sent.timestamp()).isEqualTo(1_795_176_000_123L);
        assertThat(uses(sent)).containsExactly(USE);
    }

    private static List<InvocationUse> uses(ProducerRecord<String, byte[]> record) {
        return RecordCodec.of(UseBatch.class).decode(record.value()).uses();
    }

    @Test
    void invocationsOfOneFunctionAndDayAreOneRecordUnlessThereAreMany() {
        long midnight = Instant.parse("2026-11-27T00:00:00Z").toEpochMilli();
        records.add(USE, midnight - 1);
        for (int i = 0; i < 501; i++) {
            records.add(USE, midnight + i);
        }
        records.ship();

        assertThat(producer.history()).extracting(sent -> uses(sent).size()).containsExactlyInAnyOrder(1, 500, 1);
        assertThat(producer.history())
                .extracting(ProducerRecord::timestamp)
                .containsExactlyInAnyOrder(midnight - 1, midnight, midnight + 500);
    }

    @Test
    void whatKafkaDoesNotTakeIsCountedAsLostAndMakesRoom() {
        records.add(USE, 1);
        records.ship();
        producer.errorNext(new TimeoutException("no broker"));

        assertThat(lost()).isEqualTo(1);
    }

    @Test
    void onlySoManyWait() {
        for (int i = 0; i < UseRecords.MOST_WAITING + 3; i++) {
            records.add(USE, i);
        }
        assertThat(lost()).isEqualTo(3);

        records.ship();
        producer.completeNext();
        records.add(USE, 1);
        assertThat(lost()).isEqualTo(3);
    }

    @Test
    void closingSendsWhatWaits() {
        records.add(USE, 1);
        records.close();

        assertThat(producer.history()).hasSize(1);
    }
}
