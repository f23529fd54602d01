package io.kappa.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.FunctionUrlAuthType;
import software.amazon.awssdk.services.lambda.model.InvalidParameterValueException;
import software.amazon.awssdk.services.lambda.model.PolicyLengthExceededException;
import software.amazon.awssdk.services.lambda.model.PreconditionFailedException;
import software.amazon.awssdk.services.lambda.model.ResourceConflictException;
import software.amazon.awssdk.services.lambda.model.ResourceNotFoundException;

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

        lambda.removePermission(request -> request.functionName(name)
                .qualifier("live")
                .statementId("s3")
                .revisionId(policy.revisionId()));
        assertThatThrownBy(() -> lambda.getPolicy(request -> request.functionName(name).qualifier("live")))
                .isInstanceOf(ResourceNotFoundException.class)
                .hasMessageContaining("The resource you requested does not exist.");
    }

    @Test
    void permissionsThatCannotBeGivenAreRefusedAsTheSdkKnowsIt() {
        var name = create();
        lambda.addPermission(request -> request.functionName(name)
                .statementId("s1")
                .action("lambda:*")
                .principal("111111111111"));

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
        assertThatThrownBy(() -> lambda.removePermission(request ->
                        request.functionName(name).statementId("s1").revisionId("stale")))
                .isInstanceOf(PreconditionFailedException.class)
                .hasMessageContaining("Call the GetPolicy API to retrieve the latest Revision Id");
        assertThatThrownBy(() -> lambda.addPermission(request -> request.functionName(name)
                        .statementId("long")
                        .action("lambda:InvokeFunction")
                        .principal("s3.amazonaws.com")
                        .sourceArn("arn:aws:s3:::" + "b".repeat(20_480))))
                .isInstanceOf(PolicyLengthExceededException.class)
                .hasMessageContaining("is bigger than the limit (20480).");
    }
}
