package io.kappa.mapper.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.mapper.event.EventForm.Window;
import io.kappa.mapper.event.Samples.Mapping;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EventSizeTest {
    private static final List<String> TEXTS =
            List.of("plain ", "\"q\\", "\n\t\b\f\r", "\u0000\u001f\u007f", "ü", "€", "😀", "\uFFFD", "/");
    private static final String[] HEADERS = {"k", "AWSTraceHeader", "MessageDeduplicationId", "ü\n", ""};
    private static final Window WINDOW = new Window(7, 1545084600000L, 1545084660000L, "{\"k\":1}", false, false);

    static Stream<Mapping> mappings() {
        return Stream.of(
                Mapping.selfManaged(),
                Mapping.of(Samples.CLUSTER),
                Mapping.of(Samples.STREAM),
                Mapping.of(Samples.STREAM).windowed(),
                Mapping.of(Samples.TABLE),
                Mapping.of(Samples.TABLE).windowed(),
                Mapping.of(Samples.QUEUE),
                Mapping.of(Samples.FIFO_QUEUE));
    }

    @ParameterizedTest
    @MethodSource("mappings")
    void noEventIsLongerThanTheSumOfItsParts(Mapping mapping) {
        var random = new Random(4);
        var form = mapping.form();
        var window = mapping.windowSeconds() > 0 ? WINDOW : null;
        for (int run = 0; run < 500; run++) {
            var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
            for (int i = random.nextInt(5); i > 0; i--) {
                records.add(anything(random, mapping));
            }

            assertThat(form.event(records, _ -> Integer.MAX_VALUE, window))
                    .hasSizeLessThanOrEqualTo(sum(form, records, window));
        }
    }

    @ParameterizedTest
    @MethodSource("mappings")
    void ofOrdinaryRecordsTheSumIsHardlyMore(Mapping mapping) {
        var random = new Random(4);
        var form = mapping.form();
        var window = mapping.windowSeconds() > 0 ? WINDOW : null;
        var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        for (int i = 0; i < 100; i++) {
            var text = "{\"number\":" + random.nextInt() + ",\"name\":\"Grüße, nicht Größe\"}";
            var value = isTable(mapping)
                    ? stream("{\"S\":\"" + text.replace("\"", "\\\"").repeat(15) + "\"}")
                    : text.repeat(15);
            var record = mapping.given(1_000_000 + i, "customer-" + i, value);
            record.headers().add("kind", "greeting".getBytes(UTF_8));
            records.add(record);
        }

        var event = form.event(records, _ -> 1, window);
        assertThat((double) sum(form, records, window) / event.length).isBetween(1.0, 1.05);
    }

    /** Then no event is copied. */
    @Test
    void theLengthOfAKafkaEventOfOnePartitionIsTheSumWithoutTheListsThatItDoesNotHave() {
        var random = new Random(4);
        var mapping = Mapping.selfManaged();
        var form = mapping.form();
        for (int run = 0; run < 500; run++) {
            var record = anything(random, mapping);
            int list = ("\"" + record.topic() + "-" + record.partition() + "\":[],").length();
            int number = 1 + random.nextInt(5);

            assertThat(form.event(Collections.nCopies(number, record), _ -> 1, null))
                    .hasSize(form.envelopeSize() + number * form.size(record) - (number - 1) * (list - 1) - 1);
        }
    }

    private static int sum(EventForm form, List<ConsumerRecord<byte[], byte[]>> records, @Nullable Window window) {
        return form.envelopeSize()
                + (window == null ? 0 : window.state().length())
                + records.stream().mapToInt(form::size).sum();
    }

    private static boolean isTable(Mapping mapping) {
        return mapping.source().sourceArn().equals(Optional.of(Samples.TABLE));
    }

    private static String stream(String image) {
        return "{\"dynamodb\":{\"Keys\":{},\"NewImage\":{\"a\":" + image + "}}}";
    }

    private static ConsumerRecord<byte[], byte[]> anything(Random random, Mapping mapping) {
        var headers = new RecordHeaders();
        for (int i = random.nextInt(4); i > 0; i--) {
            headers.add(HEADERS[random.nextInt(HEADERS.length)], bytes(random));
        }
        return new ConsumerRecord<>(
                mapping.source().topics().getFirst(),
                random.nextInt(Integer.MAX_VALUE) >> random.nextInt(31),
                random.nextLong(Long.MAX_VALUE) >> random.nextInt(63),
                random.nextInt(9) == 0 ? ConsumerRecord.NO_TIMESTAMP : random.nextLong(Long.MAX_VALUE),
                random.nextBoolean() ? TimestampType.NO_TIMESTAMP_TYPE : TimestampType.LOG_APPEND_TIME,
                0,
                0,
                bytes(random),
                isTable(mapping)
                        ? stream(random.nextBoolean() ? "1" : "{ \"é\\n😀\" : \"\\ud83d\" }")
                                .getBytes(UTF_8)
                        : bytes(random),
                headers,
                Optional.empty());
    }

    private static byte @Nullable [] bytes(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> null;
            case 1 -> {
                var bytes = new byte[random.nextInt(300)];
                random.nextBytes(bytes);
                yield bytes;
            }
            default -> {
                var text = new StringBuilder();
                for (int i = random.nextInt(20); i > 0; i--) {
                    text.append(TEXTS.get(random.nextInt(TEXTS.size())));
                }
                yield text.toString().getBytes(UTF_8);
            }
        };
    }
}
