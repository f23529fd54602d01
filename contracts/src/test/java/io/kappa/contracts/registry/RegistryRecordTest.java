package io.kappa.contracts.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.ImageConfiguration;
import io.kappa.contracts.function.SealedVariables;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.layer.FunctionLayer;
import io.kappa.contracts.layer.LayerArn;
import io.kappa.contracts.layer.LayerVersionArn;
import io.kappa.contracts.registry.RuntimeManagementRecord.UpdateRuntimeOn;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The bytes here lie in people's topics: a test that fails says that they could no longer be read. Add to them, never change them. */
class RegistryRecordTest {
    private static final String FUNCTION_V1 = """
            {"kind":"function","v":1,"function":"arn:aws:lambda:us-east-1:111111111111:function:greet","lastVersion":2,\
            "publishedDescription":"d","retiredGenerations":3,"tags":{"team":"blue"},"deleted":false}""";
    private static final String VERSION_V1 = """
            {"kind":"function-version","v":1,"version":"arn:aws:lambda:us-east-1:111111111111:function:greet:$LATEST",\
            "requested":{"generation":1,"configuration":{"runtime":"python3.13","role":"arn:aws:iam::111111111111:role/r",\
            "handler":"m.h","description":"","timeoutSeconds":3,"memoryMegabytes":128,"ephemeralStorageMegabytes":512,\
            "environment":{"A":"1","B":"2"},"architectures":["x86_64"],\
            "logging":{"format":"Text","logGroup":"/aws/lambda/greet"},"tracingMode":"PassThrough"},\
            "code":{"sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","uploadId":"u1","size":276,\
            "partition":0,"offsets":[7,9]}},"lastModified":"2026-11-20T12:00:00.123Z","revisionId":"r1",\
            "state":{"name":"Active"},"lastUpdate":{"status":"Successful"}}""";

    private static final String RESERVING_V1 = """
            {"kind":"function","v":1,"function":"arn:aws:lambda:us-east-1:111111111111:function:greet","lastVersion":0,\
            "retiredGenerations":0,"tags":{},"reservedConcurrency":7,"deleted":false}""";
    private static final String EVENT_INVOKE_CONFIG_V1 = """
            {"kind":"event-invoke-config","v":1,"function":"arn:aws:lambda:us-east-1:111111111111:function:greet",\
            "qualifier":"3","lastModified":"2026-11-20T12:00:00.123Z","maximumRetryAttempts":1,\
            "maximumEventAgeInSeconds":60,"onSuccess":"kafka://done",\
            "onFailure":"arn:aws:sqs:us-east-1:111111111111:failed"}""";

    private static final String ALIAS_V1 = """
            {"kind":"alias","v":1,"function":"arn:aws:lambda:us-east-1:111111111111:function:greet","name":"live",\
            "version":"1","description":"d","additional":{"version":"2","weight":0.1},"revisionId":"r1"}""";
    private static final String PROVISIONED_V1 = """
            {"kind":"provisioned-concurrency","v":1,\
            "function":"arn:aws:lambda:us-east-1:111111111111:function:greet","qualifier":"live","requested":7,\
            "lastModified":"2026-11-20T12:00:00.123Z"}""";

    private static final String POLICY_V1 = """
            {"kind":"policy","v":1,"function":"arn:aws:lambda:us-east-1:111111111111:function:greet",\
            "qualifier":"live","statements":[{"sid":"s1","principal":"s3.amazonaws.com",\
            "action":"lambda:InvokeFunction","conditions":[{"operator":"ArnLike","key":"AWS:SourceArn",\
            "value":"arn:aws:s3:::b"}]}]}""";

    private static final String MAPPING_V1 = """
            {"kind":"event-source-mapping","v":1,\
            "id":"arn:aws:lambda:us-east-1:111111111111:event-source-mapping:14e0db71-5d35-4eb5-b481-8945cf9d10c2",\
            "revision":3,"target":"arn:aws:lambda:us-east-1:111111111111:function:greet:7",\
            "source":{"kind":"self-managed-kafka","bootstrapServers":["kafka:1000"],"topics":["orders","bills"]},\
            "access":[{"type":"SASL_SCRAM_512_AUTH","uri":"arn:aws:secretsmanager:us-east-1:111111111111:secret:s"}],\
            "consumerGroup":"readers","enabled":true,"state":"Updating","stateReason":"User action",\
            "lastModified":"2026-11-20T12:00:00.123Z","lastProcessingResult":"OK",\
            "options":{"batchSize":50,"batchWindowSeconds":1,"startingPosition":"AT_TIMESTAMP",\
            "startingTimestamp":"2026-11-20T12:00:00.123Z","parallelizationFactor":2,\
            "filters":["{\\"value\\":{\\"n\\":[1]}}"],"maximumRetryAttempts":5,"maximumRecordAgeSeconds":60,\
            "bisectOnError":true,"tumblingWindowSeconds":0,"reportItemFailures":true,"onFailure":"kafka://failed",\
            "maximumConcurrency":9,"minimumPollers":1,"maximumPollers":200,"metrics":["EventCount"]},\
            "tags":{"team":"blue"}}""";
    private static final String BARE_MAPPING_V1 = """
            {"kind":"event-source-mapping","v":1,\
            "id":"arn:aws:lambda:us-east-1:111111111111:event-source-mapping:14e0db71-5d35-4eb5-b481-8945cf9d10c2",\
            "revision":1,"target":"arn:aws:lambda:us-east-1:111111111111:function:greet","source":SOURCE,"access":[],\
            "consumerGroup":"14e0db71-5d35-4eb5-b481-8945cf9d10c2","enabled":false,"state":"Disabled",\
            "stateReason":"USER_INITIATED","lastModified":"2026-11-20T12:00:00.123Z","options":{"batchSize":10,\
            "parallelizationFactor":1,"filters":[],"maximumRetryAttempts":-1,"maximumRecordAgeSeconds":-1,\
            "bisectOnError":false,"tumblingWindowSeconds":0,"reportItemFailures":false},"tags":{}}""";

    private static final String LAYER = "arn:aws:lambda:us-east-1:111111111111:layer:tools";
    private static final String LAYER_CODE_JSON = """
            {"sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","uploadId":"u1","size":276,\
            "partition":0,"offsets":[7,9],"unzippedSize":1000}""";
    private static final String LAYER_V1 = """
            {"kind":"layer","v":1,"layer":"arn:aws:lambda:us-east-1:111111111111:layer:tools","lastVersion":7}""";
    private static final String LAYER_VERSION_V1 = """
            {"kind":"layer-version","v":1,"version":"arn:aws:lambda:us-east-1:111111111111:layer:tools:7","code":CODE,\
            "description":"d","compatibleRuntimes":["python3.13"],"compatibleArchitectures":["x86_64"],"license":"MIT",\
            "created":"2026-11-20T12:00:00.123Z","policy":{"revisionId":"r1","statements":[{"id":"s1",\
            "principal":"222222222222"},{"id":"s2","principal":"*","organization":"o-0123456789"}]}}""".replace("CODE", LAYER_CODE_JSON);

    static Stream<Arguments> sources() {
        var queue = "arn:aws:sqs:us-east-1:111111111111:q.fifo";
        var stream = "arn:aws:kinesis:us-east-1:111111111111:stream/s";
        var table = "arn:aws:dynamodb:us-east-1:111111111111:table/t/stream/2026";
        var cluster = "arn:aws:kafka:us-east-1:111111111111:cluster/c/1";
        return Stream.of(
                Arguments.of(
                        "{\"kind\":\"queue\",\"arn\":\"" + queue + "\",\"topic\":\"q.fifo\",\"fifo\":true}",
                        new EventSource.Queue(queue, "q.fifo", true)),
                Arguments.of(
                        "{\"kind\":\"kinesis\",\"arn\":\"" + stream + "\",\"topic\":\"s\"}",
                        new EventSource.Kinesis(stream, "s")),
                Arguments.of(
                        "{\"kind\":\"dynamodb\",\"arn\":\"" + table + "\",\"topic\":\"t\"}",
                        new EventSource.DynamoDb(table, "t")),
                Arguments.of(
                        "{\"kind\":\"managed-kafka\",\"arn\":\"" + cluster
                                + "\",\"cluster\":\"c\",\"topics\":[\"orders\"]}",
                        new EventSource.ManagedKafka(cluster, "c", List.of("orders"))));
    }

    private final RecordCodec<RegistryRecord> codec = RecordCodec.of(RegistryRecord.class);

    @Test
    void functionsOfFormatOneAreRead() {
        assertThat(codec.decode(FUNCTION_V1.getBytes(UTF_8)))
                .isEqualTo(new FunctionRecord(Samples.FUNCTION, 2, "d", 3, Map.of("team", "blue"), null, false));
    }

    @Test
    void functionsAreReadThatWereWrittenBeforeGenerationsWereKept() {
        var before = FUNCTION_V1.replace("\"publishedDescription\":\"d\",\"retiredGenerations\":3,", "");

        assertThat(codec.decode(before.getBytes(UTF_8)))
                .isEqualTo(new FunctionRecord(Samples.FUNCTION, 2, null, 0, Map.of("team", "blue"), null, false));
    }

    @Test
    void versionsOfFormatOneAreRead() {
        assertThat(codec.decode(VERSION_V1.getBytes(UTF_8)))
                .isEqualTo(Samples.version(Samples.FUNCTION, new Version.Latest()));
    }

    @Test
    void sealedVariablesAreWrittenByteForByteAndReadAgain() {
        var plain = Samples.version(Samples.FUNCTION, new Version.Latest());
        var sealed = plain.requested().configuration().withEnvironment(new SealedVariables("k1", "ZA==", "dg=="));
        var version = new VersionRecord(
                plain.version(),
                new Deployment(1, sealed, plain.requested().code()),
                null,
                plain.lastModified(),
                plain.revisionId(),
                plain.state(),
                plain.lastUpdate());
        var golden = VERSION_V1
                .replace("\"environment\":{\"A\":\"1\",\"B\":\"2\"}", "\"environment\":{}")
                .replace(
                        "\"tracingMode\":\"PassThrough\"",
                        "\"tracingMode\":\"PassThrough\",\"sealedEnvironment\":{\"keyId\":\"k1\","
                                + "\"dataKey\":\"ZA==\",\"variables\":\"dg==\"}");

        assertThat(codec.encode(version)).asString(UTF_8).isEqualTo(golden);
        assertThat(codec.decode(golden.getBytes(UTF_8))).isEqualTo(version);
    }

    @Test
    void recordsAreWrittenByteForByteAsBefore() {
        assertThat(codec.encode(Samples.version(Samples.FUNCTION, new Version.Latest())))
                .asString(UTF_8)
                .isEqualTo(VERSION_V1);
        assertThat(codec.encode(new FunctionRecord(Samples.FUNCTION, 2, "d", 3, Map.of("team", "blue"), null, false)))
                .asString(UTF_8)
                .isEqualTo(FUNCTION_V1);
    }

    @Test
    void aVersionOfAnImageIsWrittenByteForByteAndReadAgain() {
        var plain = Samples.version(Samples.FUNCTION, new Version.Latest());
        var before = plain.requested().configuration();
        var configuration = new FunctionConfiguration(
                        null,
                        before.role(),
                        null,
                        before.description(),
                        before.timeoutSeconds(),
                        before.memoryMegabytes(),
                        before.ephemeralStorageMegabytes(),
                        before.environment(),
                        before.architectures(),
                        before.logging(),
                        before.tracingMode(),
                        null,
                        null)
                .withImage(new ImageConfiguration(List.of("/e"), List.of(), "/w"));
        var resolved = "r.example/i@sha256:" + "ab".repeat(32);
        var version = new VersionRecord(
                plain.version(),
                new Deployment(1, configuration, new ContainerImage("r.example/i:1", resolved)),
                null,
                plain.lastModified(),
                plain.revisionId(),
                plain.state(),
                plain.lastUpdate());
        var golden = VERSION_V1
                .replace("\"runtime\":\"python3.13\",", "")
                .replace("\"handler\":\"m.h\",", "")
                .replace(
                        "\"PassThrough\"}",
                        "\"PassThrough\",\"image\":{\"entryPoint\":[\"/e\"],\"workingDirectory\":\"/w\"}}")
                .replaceFirst(
                        "\"code\":\\{[^}]*}",
                        "\"code\":{\"imageUri\":\"r.example/i:1\",\"resolvedImageUri\":\"" + resolved + "\"}");

        assertThat(codec.encode(version)).asString(UTF_8).isEqualTo(golden);
        assertThat(codec.decode(golden.getBytes(UTF_8))).isEqualTo(version);
        assertThat(codec.decode(golden.replace("{\"imageUri\"", "{\"colour\":1,\"imageUri\"")
                        .getBytes(UTF_8)))
                .isEqualTo(version);
    }

    @Test
    void aVersionHasItsLayersAtTheEndOfItsConfiguration() {
        var layer = new FunctionLayer(
                LayerVersionArn.parse(LAYER + ":7"),
                Samples.layerVersion(LAYER + ":7").code());
        var bare = Samples.version(Samples.FUNCTION, new Version.Latest());
        var layered = new VersionRecord(
                bare.version(),
                new Deployment(
                        1,
                        bare.requested().configuration().withLayers(List.of(layer)),
                        bare.requested().code()),
                null,
                bare.lastModified(),
                bare.revisionId(),
                bare.state(),
                bare.lastUpdate());
        var golden = VERSION_V1.replace(
                "\"PassThrough\"}",
                "\"PassThrough\",\"layers\":[{\"arn\":\"" + LAYER + ":7\",\"code\":" + LAYER_CODE_JSON + "}]}");

        assertThat(codec.encode(layered)).asString(UTF_8).isEqualTo(golden);
        assertThat(codec.decode(golden.getBytes(UTF_8))).isEqualTo(layered);
    }

    @Test
    void layersAreWrittenByteForByteAndReadAgain() {
        var layer = new LayerRecord(LayerArn.parse(LAYER), 7);
        var version = Samples.layerVersion(LAYER + ":7");

        assertThat(codec.encode(layer)).asString(UTF_8).isEqualTo(LAYER_V1);
        assertThat(codec.decode(LAYER_V1.getBytes(UTF_8))).isEqualTo(layer);
        assertThat(codec.encode(version)).asString(UTF_8).isEqualTo(LAYER_VERSION_V1);
        assertThat(codec.decode(LAYER_VERSION_V1
                        .replace("{\"kind\":", "{\"colour\":[1],\"kind\":")
                        .replace("{\"id\"", "{\"colour\":[1],\"id\"")
                        .getBytes(UTF_8)))
                .isEqualTo(version);
    }

    @Test
    void reservationsAreWrittenByteForByteAndReadAgain() {
        var reserving = new FunctionRecord(Samples.FUNCTION, 0, null, 0, Map.of(), 7, false);

        assertThat(codec.encode(reserving)).asString(UTF_8).isEqualTo(RESERVING_V1);
        assertThat(codec.decode(RESERVING_V1.getBytes(UTF_8))).isEqualTo(reserving);
    }

    @Test
    void eventInvokeConfigsAreWrittenByteForByteAndReadAgain() {
        var config = Samples.eventInvokeConfig(Samples.FUNCTION, "3");

        assertThat(codec.encode(config)).asString(UTF_8).isEqualTo(EVENT_INVOKE_CONFIG_V1);
        assertThat(codec.decode(EVENT_INVOKE_CONFIG_V1.getBytes(UTF_8))).isEqualTo(config);
        assertThat(codec.decode(EVENT_INVOKE_CONFIG_V1
                        .replaceFirst("\\{", "{\"colour\":[1],")
                        .getBytes(UTF_8)))
                .isEqualTo(config);
    }

    @Test
    void whatIsNotSetForEventsIsLeftOut() {
        var bare = new EventInvokeConfigRecord(Samples.FUNCTION, "$LATEST", Samples.NOON, null, null, null, null);

        assertThat(codec.encode(bare)).asString(UTF_8).isEqualTo("""
                {"kind":"event-invoke-config","v":1,"function":"arn:aws:lambda:us-east-1:111111111111:function:greet",\
                "qualifier":"$LATEST","lastModified":"2026-11-20T12:00:00.123Z"}""");
    }

    @Test
    void aliasesAreWrittenByteForByteAndReadAgain() {
        var alias = Samples.alias(Samples.FUNCTION, "live");

        assertThat(codec.encode(alias)).asString(UTF_8).isEqualTo(ALIAS_V1);
        assertThat(codec.decode(ALIAS_V1.getBytes(UTF_8))).isEqualTo(alias);
        assertThat(codec.decode(ALIAS_V1.replace("{\"kind\":", "{\"colour\":[1],\"kind\":")
                        .replace("{\"version\"", "{\"colour\":[1],\"version\"")
                        .getBytes(UTF_8)))
                .isEqualTo(alias);
    }

    @Test
    void anAliasOfOneVersionLeavesOutTheOther() {
        var bare = new AliasRecord(Samples.FUNCTION, "live", new Version.Latest(), "", null, "r1");

        assertThat(codec.encode(bare)).asString(UTF_8).isEqualTo("""
                {"kind":"alias","v":1,"function":"arn:aws:lambda:us-east-1:111111111111:function:greet","name":"live",\
                "version":"$LATEST","description":"","revisionId":"r1"}""");
        assertThat(codec.decode(codec.encode(bare))).isEqualTo(bare);
    }

    @Test
    void provisionedConcurrencyIsWrittenByteForByteAndReadAgain() {
        var config = Samples.provisioned(Samples.FUNCTION, "live", 7);

        assertThat(codec.encode(config)).asString(UTF_8).isEqualTo(PROVISIONED_V1);
        assertThat(codec.decode(PROVISIONED_V1.getBytes(UTF_8))).isEqualTo(config);
        assertThat(codec.decode(
                        PROVISIONED_V1.replaceFirst("\\{", "{\"colour\":[1],").getBytes(UTF_8)))
                .isEqualTo(config);
    }

    @Test
    void policiesAreWrittenByteForByteAndReadAgain() {
        var ofAlias = Samples.policy(Samples.FUNCTION, "live");
        var ofFunction = Samples.policy(Samples.FUNCTION, null);

        assertThat(codec.encode(ofAlias)).asString(UTF_8).isEqualTo(POLICY_V1);
        assertThat(codec.decode(POLICY_V1.getBytes(UTF_8))).isEqualTo(ofAlias);
        assertThat(codec.decode(POLICY_V1.replace("{\"", "{\"colour\":[1],\"").getBytes(UTF_8)))
                .isEqualTo(ofAlias);
        assertThat(codec.encode(ofFunction))
                .asString(UTF_8)
                .isEqualTo(POLICY_V1.replace("\"qualifier\":\"live\",", ""));
        assertThat(codec.decode(codec.encode(ofFunction))).isEqualTo(ofFunction);
    }

    static Stream<Arguments> settings() {
        var function = "\"v\":1,\"function\":\"arn:aws:lambda:us-east-1:111111111111:function:greet\"";
        var signing = "arn:aws:lambda:us-east-1:111111111111:code-signing-config:csc-0123456789abcdefg";
        return Stream.of(
                Arguments.of(
                        "{\"kind\":\"recursion-config\"," + function + ",\"recursiveLoop\":\"Allow\"}",
                        Samples.FUNCTION + "#recursion-config",
                        new RecursionRecord(Samples.FUNCTION, RecursionRecord.Loop.Allow)),
                Arguments.of(
                        "{\"kind\":\"runtime-management-config\"," + function
                                + ",\"qualifier\":\"3\",\"updateRuntimeOn\":\"Manual\",\"runtimeVersionArn\":\"a\"}",
                        Samples.FUNCTION + ":3#runtime-management-config",
                        new RuntimeManagementRecord(Samples.FUNCTION, "3", UpdateRuntimeOn.Manual, "a")),
                Arguments.of(
                        "{\"kind\":\"code-signing\"," + function + ",\"config\":\"" + signing + "\"}",
                        Samples.FUNCTION + "#code-signing-config",
                        new CodeSigningRecord(Samples.FUNCTION, Samples.SIGNING)),
                Arguments.of(
                        "{\"kind\":\"code-signing-config\",\"v\":1,\"id\":\"" + signing
                                + "\",\"description\":\"d\",\"publishers\":[\"p\"],\"untrustedCode\":\"Enforce\","
                                + "\"lastModified\":\"2026-11-20T12:00:00.123Z\",\"tags\":{\"team\":\"blue\"},"
                                + "\"deleted\":false}",
                        signing,
                        Samples.codeSigningConfig("d", false)));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void settingsAreWrittenByteForByteAndReadAgain(String golden, String key, RegistryRecord record) {
        assertThat(codec.encode(record)).asString(UTF_8).isEqualTo(golden);
        assertThat(codec.decode(golden.replaceFirst("\\{", "{\"colour\":[1],").getBytes(UTF_8)))
                .isEqualTo(record);
        assertThat(record.key()).isEqualTo(key);
        assertThat(RegistryKey.parse(key).account()).isEqualTo("111111111111");
    }

    @Test
    void mappingsAreWrittenByteForByteAndReadAgain() {
        var mapping = Samples.mapping(Samples.MAPPING);

        assertThat(codec.encode(mapping)).asString(UTF_8).isEqualTo(MAPPING_V1);
        assertThat(codec.decode(MAPPING_V1.getBytes(UTF_8))).isEqualTo(mapping);
        assertThat(codec.decode(MAPPING_V1
                        .replace("{\"kind\":", "{\"colour\":[1],\"kind\":")
                        .replace("{\"batchSize\"", "{\"colour\":[1],\"batchSize\"")
                        .getBytes(UTF_8)))
                .isEqualTo(mapping);
    }

    @ParameterizedTest
    @MethodSource("sources")
    void everyKindOfSourceIsWrittenByteForByteAndReadAgain(String golden, EventSource source) {
        var mapping = Samples.bareMapping(Samples.MAPPING, source);
        var bytes = BARE_MAPPING_V1.replace("SOURCE", golden);

        assertThat(codec.encode(mapping)).asString(UTF_8).isEqualTo(bytes);
        assertThat(codec.decode(bytes.getBytes(UTF_8))).isEqualTo(mapping);
    }

    @Test
    void membersOfANewerWriterAreIgnored() {
        var newer = VERSION_V1
                .replaceFirst("\\{", "{\"colour\":{\"of\":[\"tomorrow\"]},")
                .replace("\"v\":1", "\"v\":2");

        assertThat(((VersionRecord) codec.decode(newer.getBytes(UTF_8))).requested())
                .isEqualTo(
                        Samples.version(Samples.FUNCTION, new Version.Latest()).requested());
    }

    @Test
    void anUnknownKindIsAnError() {
        var unknown = FUNCTION_V1.replace("\"kind\":\"function\"", "\"kind\":\"shelf\"");

        assertThatThrownBy(() -> codec.decode(unknown.getBytes(UTF_8)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("shelf");
    }

    @Test
    void whatIsNoRecordIsAnError() {
        for (var bytes : new String[] {"", "null", "[]", "{}", "{\"kind\":\"function\",\"function\":\"nonsense\"}"}) {
            assertThatThrownBy(() -> codec.decode(bytes.getBytes(UTF_8)))
                    .as(bytes)
                    .isInstanceOf(UncheckedIOException.class);
        }
    }

    @Test
    void theKeyIsTheArnOfWhatIsDescribed() {
        assertThat(Samples.function(Samples.FUNCTION).key())
                .isEqualTo("arn:aws:lambda:us-east-1:111111111111:function:greet");
        assertThat(Samples.version(Samples.FUNCTION, new Version.Published(3)).key())
                .isEqualTo("arn:aws:lambda:us-east-1:111111111111:function:greet:3");
        assertThat(Samples.eventInvokeConfig(Samples.FUNCTION, "3").key())
                .isEqualTo("arn:aws:lambda:us-east-1:111111111111:function:greet:3#event-invoke-config");
        assertThat(Samples.alias(Samples.FUNCTION, "live").key())
                .isEqualTo("arn:aws:lambda:us-east-1:111111111111:function:greet:live");
        assertThat(Samples.provisioned(Samples.FUNCTION, "live", 7).key())
                .isEqualTo("arn:aws:lambda:us-east-1:111111111111:function:greet:live#provisioned-concurrency");
        assertThat(Samples.policy(Samples.FUNCTION, "live").key())
                .isEqualTo("arn:aws:lambda:us-east-1:111111111111:function:greet:live#policy");
        assertThat(Samples.policy(Samples.FUNCTION, null).key())
                .isEqualTo("arn:aws:lambda:us-east-1:111111111111:function:greet#policy");
        assertThat(new LayerRecord(LayerArn.parse(LAYER), 7).key()).isEqualTo(LAYER);
        assertThat(Samples.layerVersion(LAYER + ":7").key()).isEqualTo(LAYER + ":7");
        assertThat(Samples.mapping(Samples.MAPPING).key())
                .isEqualTo(
                        "arn:aws:lambda:us-east-1:111111111111:event-source-mapping:14e0db71-5d35-4eb5-b481-8945cf9d10c2");
    }

    @Test
    void environmentVariablesAreNeverPrinted() {
        assertThat(Samples.version(Samples.FUNCTION, new Version.Latest()).toString())
                .contains("python3.13")
                .doesNotContain("environment");
    }
}
