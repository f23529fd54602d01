package io.kappa.router.registry;

import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.eventsource.EventSource.Kinesis;
import io.kappa.contracts.eventsource.EventSource.Queue;
import io.kappa.contracts.eventsource.EventSource.SelfManagedKafka;
import io.kappa.contracts.eventsource.MappingId;
import io.kappa.contracts.function.CodeSigningConfigId;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.LoggingConfiguration;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.registry.AliasRecord;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.registry.EventSourceMappingRecord.Options;
import io.kappa.contracts.registry.PolicyRecord;
import io.kappa.router.registry.RegistryCommand.CreateAlias;
import io.kappa.router.registry.RegistryCommand.CreateEventSourceMapping;
import io.kappa.router.registry.RegistryCommand.CreateFunction;
import io.kappa.router.registry.RegistryCommand.DeleteFunction;
import io.kappa.router.registry.RegistryCommand.PublishVersion;
import io.kappa.router.registry.RegistryCommand.PutProvisionedConcurrency;
import io.kappa.router.registry.RegistryCommand.UpdateFunctionCode;
import java.util.List;
import java.util.Map;

/** Functions, packages and commands as tests ask for them. */
final class Samples {
    static final String ACCOUNT = "111111111111";
    static final FunctionArn GREET = arn("greet");
    static final FunctionArn PART = arn("part");
    static final CodePackage CODE = code('a', "u1");
    static final CodePackage NEWER_CODE = code('b', "u2");

    static final PublishVersion PUBLISH = new PublishVersion(GREET, null, null, null);
    static final DeleteFunction DELETE = new DeleteFunction(GREET, null);

    // What refusals say.
    static final String STALE_REVISION = "The Revision Id provided does not match the latest Revision Id. "
            + "Call the GetFunction/GetAlias API to retrieve the latest Revision Id";
    static final String PENDING =
            "The operation cannot be performed at this time. The function is currently in the following state: Pending";
    static final String IN_PROGRESS =
            "The operation cannot be performed at this time. An update is in progress for resource: " + GREET;

    static final MappingId MAPPING = mapping(1);
    static final SelfManagedKafka ORDERS = new SelfManagedKafka(List.of("kafka:1000"), List.of("orders"));
    static final Kinesis STREAM = new Kinesis("arn:aws:kinesis:us-east-1:" + ACCOUNT + ":stream/s", "s");
    static final Queue QUEUE = new Queue("arn:aws:sqs:us-east-1:" + ACCOUNT + ":q", "q", false);

    static FunctionArn arn(String name) {
        return FunctionArn.parse("arn:aws:lambda:us-east-1:" + ACCOUNT + ":function:" + name);
    }

    static CodeSigningConfigId signingConfig(char letter) {
        return new CodeSigningConfigId(
                "us-east-1", ACCOUNT, "csc-" + String.valueOf(letter).repeat(17));
    }

    /** Lets a bucket of S3 invoke. */
    static PolicyRecord.Statement statement(String sid) {
        return new PolicyRecord.Statement(
                sid,
                "s3.amazonaws.com",
                "lambda:InvokeFunction",
                List.of(new PolicyRecord.Condition("ArnLike", "AWS:SourceArn", "arn:aws:s3:::b")));
    }

    static VersionArn latest(FunctionArn function) {
        return new VersionArn(function, new Version.Latest());
    }

    static VersionArn numbered(FunctionArn function, long number) {
        return new VersionArn(function, new Version.Published(number));
    }

    /** A package of 276 bytes in one chunk, whose hash is one digit over and over. */
    static CodePackage code(char digit, String uploadId) {
        return new CodePackage(String.valueOf(digit).repeat(64), uploadId, 276, 0, List.of(7L));
    }

    static FunctionConfiguration configuration(String description) {
        return new FunctionConfiguration(
                RuntimeIdentifier.PYTHON3_13,
                "arn:aws:iam::" + ACCOUNT + ":role/r",
                "m.h",
                description,
                3,
                128,
                512,
                Map.of("STAGE", "test"),
                List.of("x86_64"),
                new LoggingConfiguration("Text", null, null, "/aws/lambda/greet"),
                "PassThrough",
                null,
                null);
    }

    static CreateFunction create(FunctionArn function, CodePackage code) {
        return new CreateFunction(function, configuration(""), code, Map.of("team", "blue"), false, null);
    }

    static CreateFunction createPublished(FunctionArn function, CodePackage code) {
        return new CreateFunction(function, configuration(""), code, Map.of(), true, null);
    }

    static UpdateFunctionCode updateCode(FunctionArn function, CodePackage code) {
        return new UpdateFunctionCode(function, code, null, false, false, null);
    }

    /** An alias of one version. */
    static CreateAlias alias(String name, long version) {
        return new CreateAlias(GREET, name, new Version.Published(version), "", List.of());
    }

    static List<AliasRecord.Additional> additional(long version, double weight) {
        return List.of(new AliasRecord.Additional(new Version.Published(version), weight));
    }

    static PutProvisionedConcurrency provision(FunctionArn function, String qualifier, int executions) {
        return new PutProvisionedConcurrency(function, qualifier, executions);
    }

    static ConfigurationChange described(String description) {
        return new ConfigurationChange(null, null, null, description, null, null, null, null, null, null, null, null);
    }

    static ConfigurationChange unchanged() {
        return new ConfigurationChange(null, null, null, null, null, null, null, null, null, null, null, null);
    }

    static MappingId mapping(int number) {
        return new MappingId("us-east-1", ACCOUNT, "00000000-0000-4000-8000-00000000000" + number);
    }

    /** As few options as there can be. */
    static Options options(int batchSize) {
        return new Options(
                batchSize, null, null, null, 1, List.of(), -1, -1, false, 0, false, null, null, null, null, null);
    }

    /** A mapping of the unqualified function, with its own consumer group. */
    static CreateEventSourceMapping map(MappingId mapping, FunctionArn function, EventSource source) {
        return new CreateEventSourceMapping(
                mapping,
                new InvocationTarget(function, null),
                source,
                List.of(),
                mapping.uuid(),
                true,
                options(10),
                Map.of("team", "blue"));
    }

    static MappingChange enabling(boolean enabled) {
        return new MappingChange(
                null, enabled, null, null, null, null, null, null, null, null, null, null, null, null, null, null);
    }

    static MappingChange batching(int batchSize) {
        return new MappingChange(
                null, null, null, batchSize, null, null, null, null, null, null, null, null, null, null, null, null);
    }

    static MappingChange retargeted(InvocationTarget target) {
        return new MappingChange(
                target, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);
    }

    private Samples() {}
}
