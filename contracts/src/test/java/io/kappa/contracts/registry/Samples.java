package io.kappa.contracts.registry;

import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.eventsource.MappingId;
import io.kappa.contracts.eventsource.SourceAccess;
import io.kappa.contracts.function.CodeSigningConfigId;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.LoggingConfiguration;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.layer.LayerVersionArn;
import io.kappa.contracts.registry.CodeSigningConfigRecord.UntrustedCode;
import io.kappa.contracts.registry.EventSourceMappingRecord.Options;
import io.kappa.contracts.registry.EventSourceMappingRecord.StartingPosition;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One of each record, as small as it gets. */
final class Samples {
    static final FunctionArn FUNCTION = FunctionArn.parse("arn:aws:lambda:us-east-1:111111111111:function:greet");
    static final FunctionArn OTHER = FunctionArn.parse("arn:aws:lambda:us-east-1:111111111111:function:part");
    static final FunctionArn FOREIGN = FunctionArn.parse("arn:aws:lambda:us-east-1:222222222222:function:greet");

    static final MappingId MAPPING = new MappingId("us-east-1", "111111111111", "14e0db71-5d35-4eb5-b481-8945cf9d10c2");

    static final CodeSigningConfigId SIGNING =
            new CodeSigningConfigId("us-east-1", "111111111111", "csc-0123456789abcdefg");

    static final Instant NOON = Instant.parse("2026-11-20T12:00:00.123Z");

    static FunctionRecord function(FunctionArn arn) {
        return new FunctionRecord(arn, Map.of());
    }

    static VersionRecord version(FunctionArn arn, Version version) {
        return new VersionRecord(
                new VersionArn(arn, version),
                new Deployment(1, configuration(), code()),
                null,
                NOON,
                "r1",
                VersionRecord.State.ACTIVE,
                VersionRecord.LastUpdate.SUCCESSFUL);
    }

    /** An alias of version 1 that gives a tenth to version 2. */
    static AliasRecord alias(FunctionArn arn, String name) {
        return new AliasRecord(
                arn,
                name,
                new Version.Published(1),
                "d",
                new AliasRecord.Additional(new Version.Published(2), 0.1),
                "r1");
    }

    /** A version of a layer that one account may use, and everybody in one organization. */
    static LayerVersionRecord layerVersion(String arn) {
        return new LayerVersionRecord(
                LayerVersionArn.parse(arn),
                code().withUnzippedSize(1000),
                "d",
                List.of("python3.13"),
                List.of("x86_64"),
                "MIT",
                NOON,
                new LayerVersionRecord.Policy(
                        "r1",
                        List.of(
                                new LayerVersionRecord.Statement("s1", "222222222222", null),
                                new LayerVersionRecord.Statement("s2", "*", "o-0123456789"))));
    }

    static ProvisionedConcurrencyRecord provisioned(FunctionArn arn, String qualifier, int requested) {
        return new ProvisionedConcurrencyRecord(arn, qualifier, requested, NOON);
    }

    static PolicyRecord policy(FunctionArn arn, @Nullable String qualifier) {
        return new PolicyRecord(
                arn,
                qualifier,
                List.of(new PolicyRecord.Statement(
                        "s1",
                        "s3.amazonaws.com",
                        "lambda:InvokeFunction",
                        List.of(new PolicyRecord.Condition("ArnLike", "AWS:SourceArn", "arn:aws:s3:::b")))));
    }

    static CodeSigningConfigRecord codeSigningConfig(@Nullable String description, boolean deleted) {
        return new CodeSigningConfigRecord(
                SIGNING, description, List.of("p"), UntrustedCode.Enforce, NOON, Map.of("team", "blue"), deleted);
    }

    static EventInvokeConfigRecord eventInvokeConfig(FunctionArn arn, String qualifier) {
        return new EventInvokeConfigRecord(
                arn, qualifier, NOON, 1, 60, "kafka://done", "arn:aws:sqs:us-east-1:111111111111:failed");
    }

    /** A mapping with every member that it can have. */
    static EventSourceMappingRecord mapping(MappingId id) {
        return new EventSourceMappingRecord(
                id,
                3,
                new InvocationTarget(FUNCTION, "7"),
                new EventSource.SelfManagedKafka(List.of("kafka:1000"), List.of("orders", "bills")),
                List.of(new SourceAccess(
                        "SASL_SCRAM_512_AUTH", "arn:aws:secretsmanager:us-east-1:111111111111:secret:s")),
                "readers",
                true,
                EventSourceMappingRecord.State.Updating,
                "User action",
                NOON,
                "OK",
                new Options(
                        50,
                        1,
                        StartingPosition.AT_TIMESTAMP,
                        NOON,
                        2,
                        List.of("{\"value\":{\"n\":[1]}}"),
                        5,
                        60,
                        true,
                        0,
                        true,
                        "kafka://failed",
                        9,
                        1,
                        200,
                        List.of("EventCount")),
                Map.of("team", "blue"));
    }

    /** A mapping with as little as it can have. */
    static EventSourceMappingRecord bareMapping(MappingId id, EventSource source) {
        return new EventSourceMappingRecord(
                id,
                1,
                new InvocationTarget(FUNCTION, null),
                source,
                List.of(),
                id.uuid(),
                false,
                EventSourceMappingRecord.State.Disabled,
                "USER_INITIATED",
                NOON,
                null,
                new Options(10, null, null, null, 1, List.of(), -1, -1, false, 0, false, null, null, null, null, null),
                Map.of());
    }

    static FunctionConfiguration configuration() {
        return new FunctionConfiguration(
                RuntimeIdentifier.PYTHON3_13,
                "arn:aws:iam::111111111111:role/r",
                "m.h",
                "",
                3,
                128,
                512,
                Map.of("B", "2", "A", "1"),
                List.of("x86_64"),
                new LoggingConfiguration("Text", null, null, "/aws/lambda/greet"),
                "PassThrough",
                null,
                null);
    }

    static CodePackage code() {
        return new CodePackage(
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "u1", 276, 0, List.of(7L, 9L));
    }

    private Samples() {}
}
