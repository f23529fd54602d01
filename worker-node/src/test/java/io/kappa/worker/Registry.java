package io.kappa.worker;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.FunctionName;
import io.kappa.contracts.function.LoggingConfiguration;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.registry.AliasRecord;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.registry.Deployment;
import io.kappa.contracts.registry.FunctionRecord;
import io.kappa.contracts.registry.ProvisionedConcurrencyRecord;
import io.kappa.contracts.registry.RegistryRecord;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** Writes what a registry would have decided. */
final class Registry implements AutoCloseable {
    private static final RecordCodec<RegistryRecord> CODEC = RecordCodec.of(RegistryRecord.class);

    private final String prefix;
    private final KafkaProducer<String, byte[]> producer;
    private long sequence;

    Registry(KafkaSettings kafka) {
        prefix = kafka.topicPrefix();
        var properties = kafka.clientProperties();
        properties.put("max.request.size", "2097152");
        producer = new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
    }

    /** Deploys the code, a file called {@code app.py}, under the name. */
    VersionArn deploy(String name, long generation, String python) throws Exception {
        var version = new VersionArn(function(name), new Version.Latest());
        record(new FunctionRecord(version.function(), Map.of()));
        deploy(version, generation, python);
        return version;
    }

    /** Publishes the code as a version of a function that has been deployed. */
    VersionArn publish(String name, long number, String python) throws Exception {
        var version = new VersionArn(function(name), new Version.Published(number));
        deploy(version, number, python);
        return version;
    }

    /** Points the alias {@code live} at a version. */
    void pointAlias(String name, long version) throws Exception {
        record(new AliasRecord(function(name), "live", new Version.Published(version), "", null, "revision"));
    }

    void provision(String name, String qualifier, int environments) throws Exception {
        record(new ProvisionedConcurrencyRecord(function(name), qualifier, environments, Instant.now()));
    }

    void withdraw(String name, String qualifier) throws Exception {
        record(ProvisionedConcurrencyRecord.key(function(name), qualifier), null);
    }

    private static FunctionArn function(String name) {
        return new FunctionArn("us-east-1", "123456789012", new FunctionName(name));
    }

    private void deploy(VersionArn version, long generation, String python) throws Exception {
        var configuration = new FunctionConfiguration(
                RuntimeIdentifier.PYTHON3_12,
                "arn:aws:iam::123456789012:role/r",
                "app.handler",
                "",
                10,
                128,
                512,
                Map.of(),
                List.of("x86_64"),
                new LoggingConfiguration(
                        "Text", null, null, "/aws/lambda/" + version.function().name()),
                "PassThrough",
                null,
                null);
        record(new VersionRecord(
                version,
                new Deployment(generation, configuration, store(zip(python))),
                null,
                Instant.EPOCH,
                "revision-" + generation,
                VersionRecord.State.ACTIVE,
                VersionRecord.LastUpdate.SUCCESSFUL));
    }

    private CodePackage store(byte[] zip) throws Exception {
        var sha256 =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(zip));
        var stored = producer.send(new ProducerRecord<>(
                        Topic.REGISTRY_CODE.name(prefix), CodePackage.chunkKey(sha256, "upload", 0), zip))
                .get();
        return new CodePackage(sha256, "upload", zip.length, stored.partition(), List.of(stored.offset()));
    }

    private static byte[] zip(String python) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("app.py"));
            zip.write(python.getBytes(StandardCharsets.UTF_8));
            zip.closeEntry();
        }
        return bytes.toByteArray();
    }

    private void record(RegistryRecord record) throws Exception {
        record(record.key(), CODEC.encode(record));
    }

    private void record(String key, byte @Nullable [] value) throws Exception {
        var said = new ProducerRecord<>(Topic.REGISTRY_RECORDS.name(prefix), key, value);
        said.headers()
                .add(RegistryView.SEQUENCE_HEADER, Long.toString(++sequence).getBytes(StandardCharsets.UTF_8));
        producer.send(said).get();
    }

    @Override
    public void close() {
        producer.close();
    }
}
