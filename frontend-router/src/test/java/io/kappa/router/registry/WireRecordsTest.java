package io.kappa.router.registry;

import static io.kappa.router.registry.Samples.CODE;
import static io.kappa.router.registry.Samples.GREET;
import static io.kappa.router.registry.Samples.MAPPING;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.contracts.eventsource.SourceAccess;
import io.kappa.contracts.function.CodeSigningConfigId;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.registry.AliasRecord;
import io.kappa.contracts.registry.CodeSigningConfigRecord.UntrustedCode;
import io.kappa.contracts.registry.Deployment;
import io.kappa.contracts.registry.EventInvokeConfigRecord;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.contracts.registry.FunctionUrlRecord.AuthType;
import io.kappa.contracts.registry.FunctionUrlRecord.Cors;
import io.kappa.contracts.registry.FunctionUrlRecord.InvokeMode;
import io.kappa.contracts.registry.ProvisionedConcurrencyRecord;
import io.kappa.contracts.registry.RecursionRecord;
import io.kappa.contracts.registry.RuntimeManagementRecord.UpdateRuntimeOn;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.contracts.registry.VersionRecord.State;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.CommandRecord.AnnounceUpload;
import io.kappa.router.registry.CommandRecord.Ask;
import io.kappa.router.registry.RegistryCommand.ChangeCodeSigningConfig;
import io.kappa.router.registry.RegistryCommand.ChangeSetting;
import io.kappa.router.registry.RegistryCommand.ChangeTags;
import io.kappa.router.registry.RegistryCommand.CreateAlias;
import io.kappa.router.registry.RegistryCommand.CreateFunctionUrl;
import io.kappa.router.registry.RegistryCommand.DeleteAlias;
import io.kappa.router.registry.RegistryCommand.DeleteEventSourceMapping;
import io.kappa.router.registry.RegistryCommand.DeleteFunction;
import io.kappa.router.registry.RegistryCommand.DeleteFunctionConcurrency;
import io.kappa.router.registry.RegistryCommand.DeleteFunctionEventInvokeConfig;
import io.kappa.router.registry.RegistryCommand.DeleteFunctionUrl;
import io.kappa.router.registry.RegistryCommand.DeleteProvisionedConcurrency;
import io.kappa.router.registry.RegistryCommand.PublishVersion;
import io.kappa.router.registry.RegistryCommand.PutFunctionConcurrency;
import io.kappa.router.registry.RegistryCommand.PutFunctionEventInvokeConfig;
import io.kappa.router.registry.RegistryCommand.UpdateAlias;
import io.kappa.router.registry.RegistryCommand.UpdateEventSourceMapping;
import io.kappa.router.registry.RegistryCommand.UpdateFunctionCode;
import io.kappa.router.registry.RegistryCommand.UpdateFunctionConfiguration;
import io.kappa.router.registry.RegistryCommand.UpdateFunctionEventInvokeConfig;
import io.kappa.router.registry.RegistryCommand.UpdateFunctionUrl;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The bytes here lie in topics while routers of several releases run. Add to them, never change them. */
class WireRecordsTest {
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final String ARN = "\"function\":\"arn:aws:lambda:us-east-1:111111111111:function:greet\"";
    private static final String CODE_JSON =
            "{\"sha256\":\"" + "a".repeat(64) + "\",\"uploadId\":\"u1\",\"size\":276,\"partition\":0,\"offsets\":[7]}";
    private static final String CONFIGURATION_JSON = """
            {"runtime":"python3.13","role":"arn:aws:iam::111111111111:role/r","handler":"m.h","description":"",\
            "timeoutSeconds":3,"memoryMegabytes":128,"ephemeralStorageMegabytes":512,"environment":{"STAGE":"test"},\
            "architectures":["x86_64"],"logging":{"format":"Text","logGroup":"/aws/lambda/greet"},\
            "tracingMode":"PassThrough"}""";

    private static final CodeSigningConfigId SIGNING = Samples.signingConfig('a');

    private static final String MAPPING_JSON = "\"mapping\":\"" + MAPPING + "\"";
    private static final String OPTIONS_JSON = """
            {"batchSize":10,"parallelizationFactor":1,"filters":[],"maximumRetryAttempts":-1,"maximumRecordAgeSeconds":-1,\
            "bisectOnError":false,"tumblingWindowSeconds":0,"reportItemFailures":false}""";

    private static final Cors CORS = new Cors(null, null, null, List.of("*"), null, null);

    private static final RecordCodec<CommandRecord> COMMANDS = RecordCodec.of(CommandRecord.class);
    private static final RecordCodec<ReplyRecord> REPLIES = RecordCodec.of(ReplyRecord.class);

    static Stream<Arguments> commands() {
        return Stream.of(
                Arguments.of(
                        ask("{\"kind\":\"create-function\"," + ARN + ",\"configuration\":" + CONFIGURATION_JSON
                                + ",\"code\":" + CODE_JSON + ",\"tags\":{\"team\":\"blue\"},\"publish\":false}"),
                        new Ask("c1", NOON, Samples.create(GREET, CODE))),
                Arguments.of(
                        ask(
                                "{\"kind\":\"update-function-code\"," + ARN + ",\"code\":" + CODE_JSON
                                        + ",\"architectures\":[\"arm64\"],\"publish\":true,\"dryRun\":false,\"revisionId\":\"r\"}"),
                        new Ask("c1", NOON, new UpdateFunctionCode(GREET, CODE, List.of("arm64"), true, false, "r"))),
                Arguments.of(
                        ask("{\"kind\":\"update-function-configuration\"," + ARN
                                + ",\"change\":{\"description\":\"d\"}}"),
                        new Ask("c1", NOON, new UpdateFunctionConfiguration(GREET, Samples.described("d"), null))),
                Arguments.of(
                        ask("{\"kind\":\"delete-function\"," + ARN + "}"),
                        new Ask("c1", NOON, new DeleteFunction(GREET, null))),
                Arguments.of(
                        ask("{\"kind\":\"delete-function\"," + ARN + ",\"version\":\"3\"}"),
                        new Ask("c1", NOON, new DeleteFunction(GREET, new Version.Published(3)))),
                Arguments.of(
                        ask("{\"kind\":\"publish-version\"," + ARN
                                + ",\"codeSha256\":\"s\",\"description\":\"d\",\"revisionId\":\"r\"}"),
                        new Ask("c1", NOON, new PublishVersion(GREET, "s", "d", "r"))),
                Arguments.of(
                        ask(
                                "{\"kind\":\"put-function-event-invoke-config\"," + ARN
                                        + ",\"qualifier\":\"3\",\"change\":{\"maximumRetryAttempts\":1,\"onFailure\":\"kafka://t\"}}"),
                        new Ask(
                                "c1",
                                NOON,
                                new PutFunctionEventInvokeConfig(
                                        GREET, "3", new EventInvokeChange(1, null, null, "kafka://t")))),
                Arguments.of(
                        ask(
                                "{\"kind\":\"update-function-event-invoke-config\"," + ARN
                                        + ",\"qualifier\":\"$LATEST\",\"change\":{\"maximumEventAgeInSeconds\":60,\"onSuccess\":\"\"}}"),
                        new Ask(
                                "c1",
                                NOON,
                                new UpdateFunctionEventInvokeConfig(
                                        GREET, "$LATEST", new EventInvokeChange(null, 60, "", null)))),
                Arguments.of(
                        ask("{\"kind\":\"delete-function-event-invoke-config\"," + ARN + ",\"qualifier\":\"$LATEST\"}"),
                        new Ask("c1", NOON, new DeleteFunctionEventInvokeConfig(GREET, "$LATEST"))),
                Arguments.of(
                        ask("{\"kind\":\"put-function-concurrency\"," + ARN + ",\"reserved\":7}"),
                        new Ask("c1", NOON, new PutFunctionConcurrency(GREET, 7))),
                Arguments.of(
                        ask("{\"kind\":\"delete-function-concurrency\"," + ARN + "}"),
                        new Ask("c1", NOON, new DeleteFunctionConcurrency(GREET))),
                Arguments.of(
                        ask("{\"kind\":\"create-alias\"," + ARN + ",\"name\":\"live\",\"version\":\"1\","
                                + "\"description\":\"d\",\"additional\":[{\"version\":\"2\",\"weight\":0.1}]}"),
                        new Ask(
                                "c1",
                                NOON,
                                new CreateAlias(
                                        GREET, "live", new Version.Published(1), "d", Samples.additional(2, 0.1)))),
                Arguments.of(
                        ask("{\"kind\":\"update-alias\"," + ARN
                                + ",\"name\":\"live\",\"change\":{\"version\":\"$LATEST\","
                                + "\"description\":\"\",\"additional\":[]},\"revisionId\":\"r\"}"),
                        new Ask(
                                "c1",
                                NOON,
                                new UpdateAlias(
                                        GREET, "live", new AliasChange(new Version.Latest(), "", List.of()), "r"))),
                Arguments.of(
                        ask("{\"kind\":\"update-alias\"," + ARN + ",\"name\":\"live\",\"change\":{}}"),
                        new Ask("c1", NOON, new UpdateAlias(GREET, "live", new AliasChange(null, null, null), null))),
                Arguments.of(
                        ask("{\"kind\":\"delete-alias\"," + ARN + ",\"name\":\"live\"}"),
                        new Ask("c1", NOON, new DeleteAlias(GREET, "live"))),
                Arguments.of(
                        ask("{\"kind\":\"put-provisioned-concurrency\"," + ARN
                                + ",\"qualifier\":\"live\",\"executions\":7}"),
                        new Ask("c1", NOON, Samples.provision(GREET, "live", 7))),
                Arguments.of(
                        ask("{\"kind\":\"delete-provisioned-concurrency\"," + ARN + ",\"qualifier\":\"3\"}"),
                        new Ask("c1", NOON, new DeleteProvisionedConcurrency(GREET, "3"))),
                Arguments.of(
                        ask("{\"kind\":\"change-setting\"," + ARN + ",\"qualifier\":\"live\",\"change\":{\"kind\":"
                                + "\"add-permission\",\"statement\":{\"sid\":\"s1\",\"principal\":\"s3.amazonaws.com\","
                                + "\"action\":\"lambda:InvokeFunction\",\"conditions\":[{\"operator\":\"ArnLike\","
                                + "\"key\":\"AWS:SourceArn\",\"value\":\"arn:aws:s3:::b\"}]},\"revisionId\":\"r\"}}"),
                        new Ask(
                                "c1",
                                NOON,
                                new ChangeSetting(
                                        GREET, "live", new SettingChange.AddPermission(Samples.statement("s1"), "r")))),
                Arguments.of(
                        ask("{\"kind\":\"change-setting\"," + ARN
                                + ",\"change\":{\"kind\":\"remove-permission\",\"statementId\":\"s1\"}}"),
                        new Ask(
                                "c1",
                                NOON,
                                new ChangeSetting(GREET, null, new SettingChange.RemovePermission("s1", null)))),
                Arguments.of(
                        ask("{\"kind\":\"change-setting\"," + ARN
                                + ",\"change\":{\"kind\":\"put-recursive-loop\",\"recursiveLoop\":\"Allow\"}}"),
                        new Ask(
                                "c1",
                                NOON,
                                new ChangeSetting(
                                        GREET, null, new SettingChange.PutRecursiveLoop(RecursionRecord.Loop.Allow)))),
                Arguments.of(
                        ask(
                                "{\"kind\":\"change-setting\"," + ARN + ",\"qualifier\":\"3\",\"change\":{\"kind\":"
                                        + "\"put-runtime-management\",\"updateRuntimeOn\":\"Manual\",\"runtimeVersionArn\":\"a\"}}"),
                        new Ask(
                                "c1",
                                NOON,
                                new ChangeSetting(
                                        GREET,
                                        "3",
                                        new SettingChange.PutRuntimeManagement(UpdateRuntimeOn.Manual, "a")))),
                Arguments.of(
                        ask("{\"kind\":\"change-setting\"," + ARN
                                + ",\"change\":{\"kind\":\"put-code-signing\",\"config\":\"" + SIGNING + "\"}}"),
                        new Ask("c1", NOON, new ChangeSetting(GREET, null, new SettingChange.PutCodeSigning(SIGNING)))),
                Arguments.of(
                        ask("{\"kind\":\"change-setting\"," + ARN + ",\"change\":{\"kind\":\"delete-code-signing\"}}"),
                        new Ask("c1", NOON, new ChangeSetting(GREET, null, new SettingChange.DeleteCodeSigning()))),
                Arguments.of(
                        ask("{\"kind\":\"change-tags\",\"resource\":\"" + GREET
                                + "\",\"set\":{\"team\":\"blue\"},\"removed\":[\"stage\"]}"),
                        new Ask(
                                "c1",
                                NOON,
                                new ChangeTags(GREET.toString(), Map.of("team", "blue"), List.of("stage")))),
                Arguments.of(
                        ask("{\"kind\":\"change-code-signing-config\",\"config\":\"" + SIGNING
                                + "\",\"change\":{\"kind\":\"create\",\"description\":\"d\",\"publishers\":[\"p\"],"
                                + "\"untrustedCode\":\"Enforce\",\"tags\":{\"team\":\"blue\"}}}"),
                        new Ask(
                                "c1",
                                NOON,
                                new ChangeCodeSigningConfig(
                                        SIGNING,
                                        new CodeSigningChange.Create(
                                                "d", List.of("p"), UntrustedCode.Enforce, Map.of("team", "blue"))))),
                Arguments.of(
                        ask("{\"kind\":\"change-code-signing-config\",\"config\":\"" + SIGNING
                                + "\",\"change\":{\"kind\":\"update\",\"publishers\":[\"p\"]}}"),
                        new Ask(
                                "c1",
                                NOON,
                                new ChangeCodeSigningConfig(
                                        SIGNING, new CodeSigningChange.Update(null, List.of("p"), null)))),
                Arguments.of(
                        ask("{\"kind\":\"change-code-signing-config\",\"config\":\"" + SIGNING
                                + "\",\"change\":{\"kind\":\"delete\"}}"),
                        new Ask("c1", NOON, new ChangeCodeSigningConfig(SIGNING, new CodeSigningChange.Delete()))),
                Arguments.of(
                        ask(
                                "{\"kind\":\"create-function-url\"," + ARN + ",\"qualifier\":\"live\",\"urlId\":\"u\","
                                        + "\"authType\":\"NONE\",\"invokeMode\":\"BUFFERED\",\"cors\":{\"allowOrigins\":[\"*\"]}}"),
                        new Ask(
                                "c1",
                                NOON,
                                new CreateFunctionUrl(GREET, "live", "u", AuthType.NONE, InvokeMode.BUFFERED, CORS))),
                Arguments.of(
                        ask("{\"kind\":\"update-function-url\"," + ARN
                                + ",\"qualifier\":\"live\",\"change\":{\"authType\":\"AWS_IAM\"}}"),
                        new Ask(
                                "c1",
                                NOON,
                                new UpdateFunctionUrl(
                                        GREET, "live", new FunctionUrlChange(AuthType.AWS_IAM, null, null)))),
                Arguments.of(
                        ask("{\"kind\":\"delete-function-url\"," + ARN + ",\"qualifier\":\"$LATEST\"}"),
                        new Ask("c1", NOON, new DeleteFunctionUrl(GREET, "$LATEST"))),
                Arguments.of(
                        ask("{\"kind\":\"create-event-source-mapping\"," + MAPPING_JSON + ",\"target\":\"" + GREET
                                + "\",\"source\":{\"kind\":\"self-managed-kafka\",\"bootstrapServers\":[\"kafka:1000\"],"
                                + "\"topics\":[\"orders\"]},\"access\":[],\"consumerGroup\":\"" + MAPPING.uuid()
                                + "\",\"enabled\":true,\"options\":" + OPTIONS_JSON + ",\"tags\":{\"team\":\"blue\"}}"),
                        new Ask("c1", NOON, Samples.map(MAPPING, GREET, Samples.ORDERS))),
                Arguments.of(
                        ask("{\"kind\":\"update-event-source-mapping\"," + MAPPING_JSON
                                + ",\"change\":{\"enabled\":false}}"),
                        new Ask("c1", NOON, new UpdateEventSourceMapping(MAPPING, Samples.enabling(false)))),
                Arguments.of(
                        ask("{\"kind\":\"update-event-source-mapping\"," + MAPPING_JSON + ",\"change\":{\"target\":\""
                                + GREET + ":3\",\"access\":[{\"type\":\"BASIC_AUTH\",\"uri\":\"u\"}],\"batchSize\":7,"
                                + "\"batchWindowSeconds\":1,\"parallelizationFactor\":2,\"filters\":[\"{}\"],"
                                + "\"maximumRetryAttempts\":3,\"maximumRecordAgeSeconds\":60,\"bisectOnError\":true,"
                                + "\"tumblingWindowSeconds\":0,\"reportItemFailures\":true,\"onFailure\":\"\","
                                + "\"maximumConcurrency\":0,\"pollers\":{\"minimum\":1,\"maximum\":2},"
                                + "\"metrics\":[\"EventCount\"]}}"),
                        new Ask(
                                "c1",
                                NOON,
                                new UpdateEventSourceMapping(
                                        MAPPING,
                                        new MappingChange(
                                                new InvocationTarget(GREET, "3"),
                                                null,
                                                List.of(new SourceAccess("BASIC_AUTH", "u")),
                                                7,
                                                1,
                                                2,
                                                List.of("{}"),
                                                3,
                                                60,
                                                true,
                                                0,
                                                true,
                                                "",
                                                0,
                                                new MappingChange.Pollers(1, 2),
                                                List.of("EventCount"))))),
                Arguments.of(
                        ask("{\"kind\":\"delete-event-source-mapping\"," + MAPPING_JSON + "}"),
                        new Ask("c1", NOON, new DeleteEventSourceMapping(MAPPING))),
                Arguments.of(
                        "{\"kind\":\"announce-upload\",\"v\":1,\"upload\":{\"account\":\"111111111111\",\"sha256\":\""
                                + "a".repeat(64) + "\",\"uploadId\":\"u1\",\"partition\":0,\"chunks\":1}}",
                        new AnnounceUpload(Upload.of("111111111111", CODE))));
    }

    static Stream<Arguments> replies() {
        var version = new VersionRecord(
                Samples.latest(GREET),
                new Deployment(1, Samples.configuration(""), CODE),
                null,
                NOON,
                "r1",
                State.CREATING,
                null);
        return Stream.of(
                Arguments.of(
                        reply(
                                "{\"kind\":\"answered\",\"answer\":{\"kind\":\"done\",\"version\":{\"kind\":\"function-version\","
                                        + "\"v\":1,\"version\":\"" + GREET
                                        + ":$LATEST\",\"requested\":{\"generation\":1,"
                                        + "\"configuration\":" + CONFIGURATION_JSON + ",\"code\":" + CODE_JSON + "},"
                                        + "\"lastModified\":\"2026-11-20T12:00:00Z\",\"revisionId\":\"r1\",\"state\":{"
                                        + "\"name\":\"Pending\",\"reason\":\"The function is being created.\","
                                        + "\"reasonCode\":\"Creating\"}}}}"),
                        new Verdict.Answered(new RegistryAnswer.Done(version))),
                Arguments.of(
                        reply("{\"kind\":\"answered\",\"answer\":{\"kind\":\"done\"}}"),
                        new Verdict.Answered(new RegistryAnswer.Done(null))),
                Arguments.of(
                        reply("{\"kind\":\"answered\",\"answer\":{\"kind\":\"done\",\"eventInvokeConfig\":{"
                                + "\"kind\":\"event-invoke-config\",\"v\":1," + ARN
                                + ",\"qualifier\":\"$LATEST\",\"lastModified\":\"2026-11-20T12:00:00Z\","
                                + "\"maximumRetryAttempts\":1}}}"),
                        new Verdict.Answered(RegistryAnswer.Done.with(
                                new EventInvokeConfigRecord(GREET, "$LATEST", NOON, 1, null, null, null)))),
                Arguments.of(
                        reply("{\"kind\":\"answered\",\"answer\":{\"kind\":\"done\",\"mapping\":{"
                                + "\"kind\":\"event-source-mapping\",\"v\":1,\"id\":\"" + MAPPING
                                + "\",\"revision\":2,\"target\":\""
                                + GREET + "\",\"source\":{\"kind\":\"queue\",\"arn\":\"" + Samples.QUEUE.arn()
                                + "\",\"topic\":\"q\",\"fifo\":false},\"access\":[],\"consumerGroup\":\"g\",\"enabled\":false,"
                                + "\"state\":\"Deleting\",\"stateReason\":\"USER_INITIATED\","
                                + "\"lastModified\":\"2026-11-20T12:00:00Z\",\"options\":" + OPTIONS_JSON
                                + ",\"tags\":{}}}}"),
                        new Verdict.Answered(RegistryAnswer.Done.with(new EventSourceMappingRecord(
                                MAPPING,
                                2,
                                new InvocationTarget(GREET, null),
                                Samples.QUEUE,
                                List.of(),
                                "g",
                                false,
                                EventSourceMappingRecord.State.Deleting,
                                "USER_INITIATED",
                                NOON,
                                null,
                                Samples.options(10),
                                Map.of())))),
                Arguments.of(
                        reply(
                                "{\"kind\":\"answered\",\"answer\":{\"kind\":\"done\",\"alias\":{\"kind\":\"alias\",\"v\":1,"
                                        + ARN + ",\"name\":\"live\",\"version\":\"1\",\"description\":\"\","
                                        + "\"revisionId\":\"r1\"}}}"),
                        new Verdict.Answered(RegistryAnswer.Done.with(
                                new AliasRecord(GREET, "live", new Version.Published(1), "", null, "r1")))),
                Arguments.of(
                        reply("{\"kind\":\"answered\",\"answer\":{\"kind\":\"done\",\"provisioned\":{"
                                + "\"kind\":\"provisioned-concurrency\",\"v\":1," + ARN + ",\"qualifier\":\"live\","
                                + "\"requested\":7,\"lastModified\":\"2026-11-20T12:00:00Z\"}}}"),
                        new Verdict.Answered(
                                RegistryAnswer.Done.with(new ProvisionedConcurrencyRecord(GREET, "live", 7, NOON)))),
                Arguments.of(
                        reply("{\"kind\":\"answered\",\"answer\":{\"kind\":\"refused\",\"code\":\"RESOURCE_CONFLICT\","
                                + "\"message\":\"m\"}}"),
                        new Verdict.Answered(new RegistryAnswer.Refused(ErrorCode.RESOURCE_CONFLICT, "m"))),
                Arguments.of(reply("{\"kind\":\"code-gone\"}"), new Verdict.CodeGone()));
    }

    private static String ask(String command) {
        return "{\"kind\":\"ask\",\"v\":1,\"id\":\"c1\",\"asked\":\"2026-11-20T12:00:00Z\",\"command\":" + command
                + "}";
    }

    private static String reply(String verdict) {
        return "{\"v\":1,\"commandId\":\"c1\",\"account\":\"111111111111\",\"sequence\":7,\"verdict\":" + verdict + "}";
    }

    @ParameterizedTest
    @MethodSource("commands")
    void commandsAreWrittenByteForByteAndReadAgain(String golden, CommandRecord command) {
        assertThat(COMMANDS.encode(command)).asString(UTF_8).isEqualTo(golden);
        assertThat(COMMANDS.decode(golden.getBytes(UTF_8))).isEqualTo(command);
    }

    @ParameterizedTest
    @MethodSource("replies")
    void repliesAreWrittenByteForByteAndReadAgain(String golden, Verdict verdict) {
        var reply = new ReplyRecord("c1", "111111111111", 7, verdict);

        assertThat(REPLIES.encode(reply)).asString(UTF_8).isEqualTo(golden);
        assertThat(REPLIES.decode(golden.getBytes(UTF_8))).isEqualTo(reply);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void membersOfANewerRouterAreIgnored(String golden, CommandRecord command) {
        assertThat(COMMANDS.decode(
                        golden.replaceFirst("\\{", "{\"colour\":[1],").getBytes(UTF_8)))
                .isEqualTo(command);
    }

    @Test
    void kindsOfANewerRouterAreErrors() {
        for (var unknown : List.of(
                "{\"kind\":\"dance\",\"v\":1,\"id\":\"c1\"}", ask("{\"kind\":\"dance\"," + ARN + "}"), "{\"v\":1}")) {
            assertThatThrownBy(() -> COMMANDS.decode(unknown.getBytes(UTF_8)))
                    .as(unknown)
                    .isInstanceOf(UncheckedIOException.class);
        }
    }
}
