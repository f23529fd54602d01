package io.kappa.worker.invocation;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.FunctionName;
import io.kappa.contracts.function.LoggingConfiguration;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.registry.Deployment;
import io.kappa.contracts.registry.EventInvokeConfigRecord;
import io.kappa.contracts.registry.FunctionRecord;
import io.kappa.contracts.registry.RegistryRecord;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.contracts.registry.VersionRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Records as the registry's topic holds them. */
final class RegistrySamples {
    static final FunctionArn FUNCTION = new FunctionArn("us-east-1", "123456789012", new FunctionName("hello"));
    static final VersionArn LATEST = new VersionArn(FUNCTION, new Version.Latest());

    private static final RecordCodec<RegistryRecord> CODEC = RecordCodec.of(RegistryRecord.class);

    static ConsumerRecord<String, byte[]> function() {
        var record = new FunctionRecord(FUNCTION, Map.of());
        return record(record.key(), CODEC.encode(record));
    }

    static ConsumerRecord<String, byte[]> latest(long generation) {
        var record = new VersionRecord(
                LATEST,
                deployment(generation),
                null,
                Instant.EPOCH,
                "revision",
                VersionRecord.State.ACTIVE,
                VersionRecord.LastUpdate.SUCCESSFUL);
        return record(record.key(), CODEC.encode(record));
    }

    static ConsumerRecord<String, byte[]> latestGone() {
        return record(LATEST.toString(), null);
    }

    static ConsumerRecord<String, byte[]> eventInvokeConfig() {
        var record = new EventInvokeConfigRecord(FUNCTION, "$LATEST", Instant.EPOCH, 1, null, null, null);
        return record(record.key(), CODEC.encode(record));
    }

    static ConsumerRecord<String, byte[]> eventInvokeConfigGone() {
        return record(EventInvokeConfigRecord.key(FUNCTION, "$LATEST"), null);
    }

    static Deployment deployment(long generation) {
        return new Deployment(
                generation,
                new FunctionConfiguration(
                        RuntimeIdentifier.PYTHON3_12,
                        "arn:aws:iam::123456789012:role/r",
                        "app.handler",
                        "",
                        3,
                        128,
                        512,
                        Map.of(),
                        List.of("x86_64"),
                        new LoggingConfiguration("Text", null, null, "/aws/lambda/hello"),
                        "PassThrough",
                        null,
                        null),
                new CodePackage("00", "u", 1, 0, List.of(0L)));
    }

    private static ConsumerRecord<String, byte[]> record(String key, byte @Nullable [] value) {
        var record = new ConsumerRecord<>("registry.records", 0, 0, key, value);
        record.headers().add(RegistryView.SEQUENCE_HEADER, "1".getBytes(StandardCharsets.UTF_8));
        return record;
    }

    private RegistrySamples() {}
}
