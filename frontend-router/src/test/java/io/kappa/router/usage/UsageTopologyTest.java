package io.kappa.router.usage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.metering.DailyUsage;
import io.kappa.contracts.metering.InvocationUse;
import io.kappa.contracts.metering.UsageShare;
import io.kappa.contracts.metering.UseBatch;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.errors.LogAndContinueExceptionHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsageTopologyTest {
    private static final String ARN = "arn:aws:lambda:us-east-1:111111111111:function:";

    @TempDir
    private Path state;

    private TopologyTestDriver driver;
    private TestInputTopic<String, byte[]> metering;

    @BeforeEach
    void start() {
        var properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "usage");
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        properties.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
        properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        properties.put(
                StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG, LogAndContinueExceptionHandler.class);
        driver = new TopologyTestDriver(UsageTopology.of("k"), properties);
        metering = driver.createInputTopic("k.functions.metering", new StringSerializer(), new ByteArraySerializer());
    }

    @AfterEach
    void close() {
        driver.close();
    }

    private void used(String function, String started) {
        var use = new InvocationUse(
                VersionArn.parse(ARN + function + ":1"),
                ARN + function,
                "r",
                "success",
                "on-demand",
                "x86_64",
                1024,
                40,
                512,
                9_500,
                0,
                0,
                10,
                0,
                0);
        metering.pipeInput(
                ARN + function,
                RecordCodec.of(UseBatch.class).encode(new UseBatch(1, List.of(use))),
                Instant.parse(started));
    }

    /** Invocations of each day and function, as the topic tells them at last. */
    private Map<String, Long> invocations() {
        var topic =
                driver.createOutputTopic("k.functions.usage", new StringDeserializer(), new ByteArrayDeserializer());
        var found = new HashMap<String, Long>();
        topic.readRecordsToList().forEach(record -> {
            var usage = RecordCodec.of(DailyUsage.class).decode(record.value());
            assertThat(usage.key()).isEqualTo(record.key());
            found.put(
                    record.key().replace(ARN, ""),
                    usage.shares().stream().mapToLong(UsageShare::invocations).sum());
        });
        return found;
    }

    @Test
    void anInvocationBelongsToTheDayOnWhichItBegan() {
        used("f", "2026-11-26T23:59:59.999Z");
        used("f", "2026-11-27T00:00:00Z");
        used("g", "2026-11-27T12:00:00Z");
        used("f", "2026-11-27T12:00:00Z");

        assertThat(invocations()).isEqualTo(Map.of("2026-11-26/f", 1L, "2026-11-27/f", 2L, "2026-11-27/g", 1L));
    }

    @Test
    void whatComesWithinADayOfItsDaysEndStillCountsAndWhatComesLaterDoesNot() {
        used("f", "2026-11-26T12:00:00Z");
        used("f", "2026-11-27T23:00:00Z");
        used("f", "2026-11-26T13:00:00Z");
        used("f", "2026-11-28T00:00:01Z");
        used("f", "2026-11-26T14:00:00Z");

        assertThat(invocations()).containsEntry("2026-11-26/f", 2L);
    }

    @Test
    void aRecordThatIsNoneIsPassedOver() {
        metering.pipeInput("k", "{".getBytes(UTF_8), Instant.parse("2026-11-27T12:00:00Z"));
        used("f", "2026-11-27T12:00:00Z");

        assertThat(invocations()).isEqualTo(Map.of("2026-11-27/f", 1L));
    }
}
