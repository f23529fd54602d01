package io.kappa.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.ApplicationLogLevel;
import software.amazon.awssdk.services.lambda.model.CodeSigningConfigNotFoundException;
import software.amazon.awssdk.services.lambda.model.CodeSigningPolicy;
import software.amazon.awssdk.services.lambda.model.CodeVerificationFailedException;
import software.amazon.awssdk.services.lambda.model.EndPointType;
import software.amazon.awssdk.services.lambda.model.EventSourcePosition;
import software.amazon.awssdk.services.lambda.model.FunctionUrlAuthType;
import software.amazon.awssdk.services.lambda.model.InvalidParameterValueException;
import software.amazon.awssdk.services.lambda.model.LogFormat;
import software.amazon.awssdk.services.lambda.model.PolicyLengthExceededException;
import software.amazon.awssdk.services.lambda.model.PreconditionFailedException;
import software.amazon.awssdk.services.lambda.model.RecursiveLoop;
import software.amazon.awssdk.services.lambda.model.ResourceConflictException;
import software.amazon.awssdk.services.lambda.model.ResourceNotFoundException;
import software.amazon.awssdk.services.lambda.model.Runtime;
import software.amazon.awssdk.services.lambda.model.SystemLogLevel;
import software.amazon.awssdk.services.lambda.model.UpdateRuntimeOn;

/** What the control API keeps beside functions is set, read and removed through the AWS SDK as on Lambda. */
class ControlSettingsIT {
    private static final String ARN = "arn:aws:lambda:us-east-1:000000000000:function:";

    private final LambdaClient lambda = RunningPlatform.shared().lambda();
    private final Functions functions = new Functions(lambda);

    private String create() {
        return functions.python("def handler(event, context):\n    return 1\n");
    }

    @Test
    void permissionsAreGivenShownAndTakenBack() {
        var name = create();
        lambda.publishVersion(request -> request.functionName(name));
        lambda.createAlias(request -> request.functionName(name).name("live").functionVersion("1"));

        var added = lambda.addPermission(request -> request.functionName(name)
                .qualifier("live")
                .statementId("s3")
                .action("lambda:InvokeFunction")
                .principal("s3.amazonaws.com")
                .sourceArn("arn:aws:s3:::b")
                .sourceAccount("111111111111"));
        lambda.addPermission(request -> request.functionName(name)
                .statementId("url")
                .action("lambda:InvokeFunctionUrl")
                .principal("*")
                .functionUrlAuthType(FunctionUrlAuthType.NONE));

        assertThat(added.statement())
                .isEqualTo("{\"Sid\":\"s3\",\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"s3.amazonaws.com\"},"
                        + "\"Action\":\"lambda:InvokeFunction\",\"Resource\":\"" + ARN + name
                        + ":live\",\"Condition\":{\"StringEquals\":{\"AWS:SourceAccount\":\"111111111111\"},"
                        + "\"ArnLike\":{\"AWS:SourceArn\":\"arn:aws:s3:::b\"}}}");
        var policy = lambda.getPolicy(request -> request.functionName(name).qualifier("live"));
        assertThat(policy.policy())
                .isEqualTo("{\"Version\":\"2012-10-17\",\"Id\":\"default\",\"Statement\":[" + added.statement() + "]}");
        assertThat(policy.revisionId())
                .isEqualTo(lambda.getAlias(request -> request.functionName(name).name("live"))
                        .revisionId());
        assertThat(lambda.getPolicy(request -> request.functionName(name)).policy())
                .contains("\"lambda:FunctionUrlAuthType\":\"NONE\"")
                .doesNotContain("s3");

        lambda.removePermission(request ->
                request.functionName(name).qualifier("live").statementId("s3").revisionId(policy.revisionId()));
        assertThatThrownBy(() ->
                        lambda.getPolicy(request -> request.functionName(name).qualifier("live")))
                .isInstanceOf(ResourceNotFoundException.class)
                .hasMessageContaining("The resource you requested does not exist.");
    }

    @Test
    void functionsAndMappingsAreTagged() {
        var name = create();
        var mapping = lambda.createEventSourceMapping(request -> request.functionName(name)
                        .selfManagedEventSource(source -> source.endpoints(
                                Map.of(EndPointType.KAFKA_BOOTSTRAP_SERVERS, List.of("kafka.example:9092"))))
                        .topics(name)
                        .sourceAccessConfigurations(List.of())
                        .startingPosition(EventSourcePosition.LATEST)
                        .enabled(false)
                        .tags(Map.of("a", "1")))
                .eventSourceMappingArn();
        var revision = lambda.getFunctionConfiguration(request -> request.functionName(name))
                .revisionId();

        lambda.tagResource(request -> request.resource(ARN + name).tags(Map.of("a", "1", "b", "2", "c", "3")));
        lambda.untagResource(request -> request.resource(ARN + name).tagKeys("a", "b"));
        lambda.tagResource(request -> request.resource(mapping).tags(Map.of("b", "2")));
        lambda.untagResource(request -> request.resource(mapping).tagKeys("a"));

        assertThat(lambda.listTags(request -> request.resource(ARN + name)).tags())
                .isEqualTo(Map.of("c", "3"));
        assertThat(lambda.getFunction(request -> request.functionName(name)).tags())
                .isEqualTo(Map.of("c", "3"));
        assertThat(lambda.getFunctionConfiguration(request -> request.functionName(name))
                        .revisionId())
                .isNotEqualTo(revision);
        assertThat(lambda.listTags(request -> request.resource(mapping)).tags()).isEqualTo(Map.of("b", "2"));
        assertThatThrownBy(() -> lambda.tagResource(
                        request -> request.resource(ARN + name + ":1").tags(Map.of("a", "1"))))
                .isInstanceOf(InvalidParameterValueException.class)
                .hasMessageContaining("Tags on function aliases and versions are not supported.");
    }

    @Test
    void loopsAndUpdatesOfRuntimesAreConfigured() {
        var name = create();

        assertThat(lambda.getFunctionRecursionConfig(request -> request.functionName(name))
                        .recursiveLoop())
                .isEqualTo(RecursiveLoop.TERMINATE);
        lambda.putFunctionRecursionConfig(request -> request.functionName(name).recursiveLoop(RecursiveLoop.ALLOW));
        assertThat(lambda.getFunctionRecursionConfig(request -> request.functionName(name))
                        .recursiveLoop())
                .isEqualTo(RecursiveLoop.ALLOW);

        var build = lambda.getFunctionConfiguration(request -> request.functionName(name))
                .runtimeVersionConfig()
                .runtimeVersionArn();
        lambda.putRuntimeManagementConfig(request -> request.functionName(name)
                .updateRuntimeOn(UpdateRuntimeOn.MANUAL)
                .runtimeVersionArn(build));
        var managed = lambda.getRuntimeManagementConfig(request -> request.functionName(name));
        assertThat(managed.updateRuntimeOn()).isEqualTo(UpdateRuntimeOn.MANUAL);
        assertThat(managed.runtimeVersionArn()).isEqualTo(build);
        assertThat(managed.functionArn()).isEqualTo(ARN + name + ":$LATEST");
    }

    @Test
    void unsignedCodeIsRefusedUnderAConfigurationThatEnforcesSignatures() {
        var name = create();
        var config = lambda.createCodeSigningConfig(
                        request -> request.allowedPublishers(publishers -> publishers.signingProfileVersionArns(
                                        "arn:aws:signer:us-east-1:000000000000:/signing-profiles/p/v"))
                                .codeSigningPolicies(
                                        policies -> policies.untrustedArtifactOnDeployment(CodeSigningPolicy.ENFORCE)))
                .codeSigningConfig()
                .codeSigningConfigArn();
        lambda.putFunctionCodeSigningConfig(
                request -> request.functionName(name).codeSigningConfigArn(config));
        var code = DeploymentPackage.of("app.py", "def handler(event, context):\n    return 2\n");

        assertThatThrownBy(() -> lambda.updateFunctionCode(request ->
                        request.functionName(name).zipFile(code.code().zipFile())))
                .isInstanceOf(CodeVerificationFailedException.class);
        assertThat(functions.invoke(name, "{}").payload().asUtf8String()).isEqualTo("1");
        assertThat(lambda.listFunctionsByCodeSigningConfig(request -> request.codeSigningConfigArn(config))
                        .functionArns())
                .containsExactly(ARN + name);
        assertThatThrownBy(() -> lambda.deleteCodeSigningConfig(request -> request.codeSigningConfigArn(config)))
                .isInstanceOf(ResourceConflictException.class);

        lambda.updateCodeSigningConfig(request -> request.codeSigningConfigArn(config)
                .codeSigningPolicies(policies -> policies.untrustedArtifactOnDeployment(CodeSigningPolicy.WARN)));
        lambda.updateFunctionCode(
                request -> request.functionName(name).zipFile(code.code().zipFile()));
        lambda.deleteFunctionCodeSigningConfig(request -> request.functionName(name));
        assertThat(lambda.getFunctionCodeSigningConfig(request -> request.functionName(name))
                        .codeSigningConfigArn())
                .isNull();
        lambda.deleteCodeSigningConfig(request -> request.codeSigningConfigArn(config));
        assertThatThrownBy(() -> lambda.putFunctionCodeSigningConfig(
                        request -> request.functionName(name).codeSigningConfigArn(config)))
                .isInstanceOf(CodeSigningConfigNotFoundException.class);
    }

    /** What the last kilobytes of an invocation's log say, each line without times and ids. */
    private List<String> logged(String name) {
        var tail = new String(
                Base64.getDecoder().decode(functions.invoke(name, "{}").logResult()), StandardCharsets.UTF_8);
        return tail.lines()
                .map(line -> line.replaceFirst(".*\"type\":\"([^\"]*)\".*", "$1")
                        .replaceFirst(".*\"level\":\\s*\"([^\"]*)\".*", "$1"))
                .toList();
    }

    @Test
    void logsAreJsonOfTheLevelsThatAreSet() {
        var python =
                functions.python("""
                import logging
                logger = logging.getLogger()
                def handler(event, context):
                    logger.info("one")
                    logger.warning("two")
                    print("three")
                """, function -> function.loggingConfig(logging -> logging.logFormat(LogFormat.JSON)));
        var nodejs = functions.create(
                Runtime.NODEJS22_X,
                "app.handler",
                DeploymentPackage.of(
                        "app.js",
                        "exports.handler = async () => { console.info('one'); console.warn('two'); "
                                + "process.stdout.write('{\"level\":\"debug\"}\\n'); };"),
                function -> function.loggingConfig(
                        logging -> logging.logFormat(LogFormat.JSON).applicationLogLevel(ApplicationLogLevel.DEBUG)));

        assertThat(logged(python)).containsExactly("platform.start", "INFO", "WARNING", "three", "platform.report");
        assertThat(logged(nodejs)).containsExactly("platform.start", "INFO", "WARN", "debug", "platform.report");

        var changed = lambda.updateFunctionConfiguration(request -> request.functionName(python)
                        .loggingConfig(logging -> logging.applicationLogLevel(ApplicationLogLevel.WARN)
                                .systemLogLevel(SystemLogLevel.WARN)))
                .loggingConfig();
        assertThat(changed.logFormat()).isEqualTo(LogFormat.JSON);
        lambda.waiter().waitUntilFunctionUpdatedV2(request -> request.functionName(python));
        assertThat(logged(python)).containsExactly("WARNING", "three");
    }

    @Test
    void permissionsThatCannotBeGivenAreRefusedAsTheSdkKnowsIt() {
        var name = create();
        lambda.addPermission(request ->
                request.functionName(name).statementId("s1").action("lambda:*").principal("111111111111"));

        assertThatThrownBy(() -> lambda.addPermission(request -> request.functionName(name)
                        .statementId("s1")
                        .action("lambda:*")
                        .principal("*")))
                .isInstanceOf(ResourceConflictException.class)
                .hasMessageContaining("The statement id (s1) provided already exists.");
        assertThatThrownBy(() -> lambda.addPermission(request -> request.functionName(name)
                        .statementId("s2")
                        .action("lambda:*")
                        .principal("nobody")))
                .isInstanceOf(InvalidParameterValueException.class)
                .hasMessageContaining("The provided principal was invalid.");
        assertThatThrownBy(() -> lambda.removePermission(
                        request -> request.functionName(name).statementId("s1").revisionId("stale")))
                .isInstanceOf(PreconditionFailedException.class)
                .hasMessageContaining("Call the GetPolicy API to retrieve the latest Revision Id");
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 6; i++) {
                        var sid = "long-" + i;
                        lambda.addPermission(request -> request.functionName(name)
                                .statementId(sid)
                                .action("lambda:InvokeFunction")
                                .principal("s3.amazonaws.com")
                                .sourceArn("arn:aws:s3:::" + "b".repeat(4000)));
                    }
                })
                .isInstanceOf(PolicyLengthExceededException.class)
                .hasMessageContaining("is bigger than the limit (20480).");
    }
}
