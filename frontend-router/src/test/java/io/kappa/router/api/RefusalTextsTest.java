package io.kappa.router.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is refused, with Lambda's status, type and text, by the API and the registry's real rules together. */
class RefusalTextsTest {
    /**
     * A request, and what it is refused with. {@code CREATE} creates a function of that name with further members; {@code KAFKA} stands for
     * the members that name a topic.
     */
    private static final String REFUSALS = """
            CREATE f {}
                409 ResourceConflictException Function already exist: f
            CREATE g {"Timeout":901}
                400 ValidationException 1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint: Member
                must have value less than or equal to 900
            CREATE g {"MemorySize":127}
                400 ValidationException 1 validation error detected: Value '127' at 'memorySize' failed to satisfy constraint:
                Member must have value greater than or equal to 128
            CREATE g {"MemorySize":10241}
                400 InvalidParameterValueException 1 validation error detected: Value '10241' at 'memorySize' failed to satisfy
                constraint: Member must have value less than or equal to 10240
            CREATE g {"Architectures":[]}
                400 ValidationException 1 validation error detected: Value '[]' at 'architectures' failed to satisfy constraint:
                Member must have length greater than or equal to 1
            CREATE g {"Architectures":["x","arm64"]}
                400 ValidationException 2 validation errors detected: Value '[x, arm64]' at 'architectures' failed to satisfy
                constraint: Member must have length less than or equal to 1; Value '[x, arm64]' at 'architectures' failed to satisfy
                constraint: Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be
                null]
            CREATE g {"EphemeralStorage":{"Size":511}}
                400 ValidationException 1 validation error detected: Value '511' at 'ephemeralStorage.size' failed to satisfy
                constraint: Member must have value greater than or equal to 512
            CREATE g {"EphemeralStorage":{}}
                400 ValidationException 1 validation error detected: Value null at 'ephemeralStorage.size' failed to satisfy
                constraint: Member must not be null
            CREATE g {"Environment":{"Variables":{"A":"1"}}}
                400 ValidationException 1 validation error detected: Value '{A=1}' at 'environment.variables' failed to satisfy
                constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern:
                [a-zA-Z]([a-zA-Z0-9_])+, Member must not be null]
            CREATE g {"Environment":{"Variables":{"AWS_REGION":"1"}}}
                400 InvalidParameterValueException Lambda was unable to configure your environment variables because the environment
                variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys
                used in this request: AWS_REGION
            CREATE g {"LoggingConfig":{"LogFormat":"Text","SystemLogLevel":"INFO"}}
                400 InvalidParameterValueException LogLevel is not supported when LogFormat is set to "Text". Remove LogLevel from
                your request or change the LogFormat to "JSON" and try again.
            CREATE g {"Layers":["arn:aws:lambda:us-east-1:000000000000:layer:none:1"]}
                400 InvalidParameterValueException Layer version arn:aws:lambda:us-east-1:000000000000:layer:none:1 does not exist.
            CREATE g {"Layers":["arn:aws:lambda:eu-west-1:000000000000:layer:none:1"]}
                400 InvalidParameterValueException Layers are not in the same region as the function. Layers are expected to be in
                region us-east-1.
            CREATE g! {}
                400 ValidationException 1 validation error detected: Value 'g!' at 'functionName' failed to satisfy constraint:
                Member must satisfy regular expression pattern:
                (arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?
            GET /2015-03-31/functions/f?Qualifier=$latest
                404 ResourceNotFoundException Function not found: arn:aws:lambda:us-east-1:000000000000:function:f:$latest
            GET /2015-03-31/functions/f:1?Qualifier=2
                400 InvalidParameterValueException The derived qualifier from the function name does not match the specified
                qualifier.
            GET /2015-03-31/functions/arn:aws:lambda:eu-west-1:000000000000:function:f
                404 ResourceNotFoundException Functions from 'eu-west-1' are not reachable in this region ('us-east-1')
            GET /2015-03-31/functions/arn:aws:lambda:us-east-1:111111111111:function:f
                403 AccessDeniedException User: arn:aws:iam::000000000000:root is not authorized to perform: lambda:GetFunction on
                resource: arn:aws:lambda:us-east-1:111111111111:function:f because no resource-based policy allows the
                lambda:GetFunction action
            GET /2015-03-31/functions?FunctionVersion=X
                400 ValidationException 1 validation error detected: Value 'X' at 'functionVersion' failed to satisfy constraint:
                Member must satisfy enum value set: [ALL]
            GET /2015-03-31/functions?MaxItems=0
                400 ValidationException 1 validation error detected: Value '0' at 'maxItems' failed to satisfy constraint: Member
                must have value greater than or equal to 1
            POST /2015-03-31/functions/f/versions {"CodeSha256":"x"}
                400 InvalidParameterValueException CodeSHA256 (x) is different from current CodeSHA256 in $LATEST
                (0wWZHaMwzg2jo9/qDBlHCzg0uonYiyz3YFz05ZsiXcM=). Please try again with the CodeSHA256 in $LATEST.
            POST /2015-03-31/functions/f/versions {"RevisionId":"x"}
                412 PreconditionFailedException The Revision Id provided does not match the latest Revision Id. Call the
                GetFunction/GetAlias API to retrieve the latest Revision Id
            POST /2015-03-31/functions/f/aliases {"Name":"live","FunctionVersion":"1"}
                409 ResourceConflictException Alias already exists: arn:aws:lambda:us-east-1:000000000000:function:f:live
            POST /2015-03-31/functions/f/aliases {"Name":"1","FunctionVersion":"1"}
                400 ValidationException 1 validation error detected: Value '1' at 'name' failed to satisfy constraint: Member must
                satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)
            POST /2015-03-31/functions/f/aliases {"Name":"n","FunctionVersion":"9"}
                404 ResourceNotFoundException Function not found: arn:aws:lambda:us-east-1:000000000000:function:f:9
            POST /2015-03-31/functions/f/aliases {"Name":"n","FunctionVersion":"1","RoutingConfig":{"AdditionalVersionWeights":{"1":0.5}}}
                400 InvalidParameterValueException Invalid function version 1. Function version 1 is already included in routing
                configuration.
            POST /2015-03-31/functions/f/aliases {"Name":"n","FunctionVersion":"1","RoutingConfig":{"AdditionalVersionWeights":{"2":1.5}}}
                400 ValidationException 1 validation error detected: Value '{2=1.5}' at 'routingConfig.additionalVersionWeights'
                failed to satisfy constraint: Map value must satisfy constraint: [Member must have value less than or equal to 1.0,
                Member must have value greater than or equal to 0.0, Member must not be null]
            POST /2015-03-31/functions/f/aliases {"Name":"n","FunctionVersion":"1","RoutingConfig":{"AdditionalVersionWeights":{"$LATEST":0.5}}}
                400 ValidationException 1 validation error detected: Value '{$LATEST=0.5}' at
                'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map keys must satisfy constraint: [Member
                must have length less than or equal to 1024, Member must have length greater than or equal to 1, Member must satisfy
                regular expression pattern: [0-9]+, Member must not be null]
            POST /2015-03-31/functions/f/aliases {"Name":"n","FunctionVersion":"$LATEST","RoutingConfig":{"AdditionalVersionWeights":{"1":0.5}}}
                400 InvalidParameterValueException $LATEST is not supported for an alias pointing to more than 1 version
            PUT /2015-03-31/functions/f/aliases/none {}
                404 ResourceNotFoundException Alias not found: arn:aws:lambda:us-east-1:000000000000:function:f:none
            GET /2015-03-31/functions/f/aliases/none
                404 ResourceNotFoundException Cannot find alias arn: arn:aws:lambda:us-east-1:000000000000:function:f:none
            PUT /2017-10-31/functions/f:live/concurrency {"ReservedConcurrentExecutions":1}
                400 InvalidParameterValueException This operation is permitted on Lambda functions only. Aliases and versions do not
                support this operation. Please specify either a function name or an unqualified function ARN.
            PUT /2017-10-31/functions/f/concurrency {"ReservedConcurrentExecutions":950}
                400 InvalidParameterValueException Specified ReservedConcurrentExecutions for function decreases account's
                UnreservedConcurrentExecution below its minimum value of [100].
            PUT /2017-10-31/functions/f/concurrency {"ReservedConcurrentExecutions":-1}
                400 ValidationException 1 validation error detected: Value '-1' at 'reservedConcurrentExecutions' failed to satisfy
                constraint: Member must have value greater than or equal to 0
            PUT /2017-10-31/functions/none/concurrency {"ReservedConcurrentExecutions":1}
                404 ResourceNotFoundException Function not found: arn:aws:lambda:us-east-1:000000000000:function:none:$LATEST
            PUT /2017-10-31/functions/f/concurrency {"ReservedConcurrentExecutions":0}
                400 InvalidParameterValueException  ReservedConcurrentExecutions  0 should not be lower than function's total
                provisioned concurrency [1].
            PUT /2019-09-30/functions/f/provisioned-concurrency?Qualifier=$LATEST {"ProvisionedConcurrentExecutions":1}
                400 InvalidParameterValueException Provisioned Concurrency Configs cannot be applied to unpublished function
                versions.
            PUT /2019-09-30/functions/f/provisioned-concurrency?Qualifier=live {"ProvisionedConcurrentExecutions":0}
                400 ValidationException 1 validation error detected: Value '0' at 'provisionedConcurrentExecutions' failed to
                satisfy constraint: Member must have value greater than or equal to 1
            PUT /2019-09-30/functions/f/provisioned-concurrency?Qualifier=live {"ProvisionedConcurrentExecutions":60}
                400 InvalidParameterValueException Requested Provisioned Concurrency should not be greater than the
                reservedConcurrentExecution for function
            PUT /2019-09-30/functions/f/provisioned-concurrency {"ProvisionedConcurrentExecutions":1}
                400 ValidationException 1 validation error detected: Value null at 'qualifier' failed to satisfy constraint: Member
                must not be null
            GET /2019-09-30/functions/f/provisioned-concurrency?Qualifier=$LATEST
                400 InvalidParameterValueException The function resource provided must be an alias or a published version.
            GET /2019-09-30/functions/f/provisioned-concurrency?Qualifier=live
                404 ProvisionedConcurrencyConfigNotFoundException No Provisioned Concurrency Config found for this function
            POST /2015-03-31/functions/f/policy?Qualifier=$LATEST {"StatementId":"q","Action":"lambda:InvokeFunction","Principal":"*"}
                400 InvalidParameterValueException We currently do not support adding policies for $LATEST.
            POST /2015-03-31/functions/f/policy {"StatementId":"s","Action":"lambda:InvokeFunction","Principal":"*"}
                409 ResourceConflictException The statement id (s) provided already exists. Please provide a new statement id, or
                remove the existing statement.
            POST /2015-03-31/functions/f/policy {"StatementId":"q","Action":"s3:Get","Principal":"nobody"}
                400 ValidationException 1 validation error detected: Value 's3:Get' at 'action' failed to satisfy constraint: Member
                must satisfy regular expression pattern: (lambda:[*]|lambda:[a-zA-Z]+|[*])
            POST /2015-03-31/functions/f/policy {"StatementId":"q","Action":"lambda:InvokeFunction","Principal":"nobody"}
                400 InvalidParameterValueException The provided principal was invalid. Please check the principal and try again.
            DELETE /2015-03-31/functions/f/policy/s9
                404 ResourceNotFoundException Statement s9 is not found in resource policy.
            DELETE /2015-03-31/functions/none/policy/s9
                404 ResourceNotFoundException No policy found for: arn:aws:lambda:us-east-1:000000000000:function:none
            DELETE /2015-03-31/functions/f/policy/s9?Qualifier=live
                404 ResourceNotFoundException No policy is associated with the given resource.
            DELETE /2015-03-31/functions/f/policy/s?RevisionId=x
                412 PreconditionFailedException The Revision Id provided does not match the latest Revision Id. Call the GetPolicy
                API to retrieve the latest Revision Id
            GET /2015-03-31/functions/f/policy?Qualifier=live
                404 ResourceNotFoundException The resource you requested does not exist.
            POST /2021-10-31/functions/f/url {"AuthType":"NONE"}
                409 ResourceConflictException Failed to create function url config for [functionArn =
                arn:aws:lambda:us-east-1:000000000000:function:f]. Error message:  FunctionUrlConfig exists for this Lambda function
            POST /2021-10-31/functions/f/url?Qualifier=1 {"AuthType":"NONE"}
                400 ValidationException 1 validation error detected: Value '1' at 'qualifier' failed to satisfy constraint: Member
                must satisfy regular expression pattern: ((?!^\\d+$)^[0-9a-zA-Z-_]+$)
            POST /2021-10-31/functions/none/url {"AuthType":"NONE"}
                404 ResourceNotFoundException Function does not exist
            GET /2021-10-31/functions/none/url
                404 ResourceNotFoundException The resource you requested does not exist.
            PUT /2019-09-25/functions/f/event-invoke-config {}
                400 InvalidParameterValueException You must specify at least one of error handling or destination setting.
            PUT /2019-09-25/functions/none/event-invoke-config {"MaximumRetryAttempts":1}
                404 ResourceNotFoundException The function doesn't exist.
            GET /2019-09-25/functions/f/event-invoke-config?Qualifier=live
                404 ResourceNotFoundException The function arn:aws:lambda:us-east-1:000000000000:function:f:live doesn't have an
                EventInvokeConfig
            PUT /2019-09-25/functions/f/event-invoke-config {"MaximumRetryAttempts":3,"MaximumEventAgeInSeconds":59}
                400 ValidationException 2 validation errors detected: Value '3' at 'maximumRetryAttempts' failed to satisfy
                constraint: Member must have value less than or equal to 2; Value '59' at 'maximumEventAgeInSeconds' failed to
                satisfy constraint: Member must have value greater than or equal to 60
            PUT /2019-09-25/functions/f/event-invoke-config {"DestinationConfig":{"OnSuccess":{"Destination":"arn:aws:lambda:us-east-1:000000000000:function:f"}}}
                400 InvalidParameterValueException You can't specify the function as a destination for itself.
            PUT /2019-09-25/functions/f/event-invoke-config {"DestinationConfig":{"OnSuccess":{"Destination":"arn:aws:dynamodb:us-east-1:000000000000:x"}}}
                400 InvalidParameterValueException The provided destination config
                DestinationConfig(onSuccess=OnSuccess(destination=arn:aws:dynamodb:us-east-1:000000000000:x), onFailure=null) is
                invalid.
            GET /2018-10-31/layers/tools/versions/0
                400 InvalidParameterValueException Layer Version Cannot be less than 1
            GET /2018-10-31/layers/tools/versions/9
                404 ResourceNotFoundException The resource you requested does not exist.
            GET /2018-10-31/layers/tools/versions/9/policy
                404 ResourceNotFoundException Layer version arn:aws:lambda:us-east-1:000000000000:layer:tools:9 does not exist.
            POST /2018-10-31/layers/tools/versions/1/policy {"StatementId":"s","Action":"lambda:GetLayerVersion","Principal":"*"}
                409 ResourceConflictException The statement id (s) provided already exists. Please provide a new statement id, or
                remove the existing statement.
            POST /2018-10-31/layers/tools/versions/1/policy?RevisionId=x {"StatementId":"t","Action":"lambda:GetLayerVersion","Principal":"*"}
                412 PreconditionFailedException The Revision Id provided does not match the latest Revision Id. Call the
                GetLayerPolicy API to retrieve the latest Revision Id
            POST /2017-03-31/tags/arn:aws:lambda:us-east-1:000000000000:function:f:live {"Tags":{"a":"b"}}
                400 InvalidParameterValueException Tags on function aliases and versions are not supported. Please specify a
                function ARN.
            POST /2017-03-31/tags/arn:aws:lambda:us-east-1:000000000000:function:f {"Tags":{}}
                400 InvalidParameterValueException An error occurred and the request cannot be processed.
            DELETE /2017-03-31/tags/arn:aws:lambda:us-east-1:000000000000:function:f
                400 ValidationException 1 validation error detected: Value null at 'tagKeys' failed to satisfy constraint: Member
                must not be null
            POST /2015-03-31/event-source-mappings {"FunctionName":"f"}
                400 InvalidParameterValueException Unrecognized event source.
            POST /2015-03-31/event-source-mappings {"FunctionName":"none",KAFKA}
                400 InvalidParameterValueException Function does not exist
            POST /2015-03-31/event-source-mappings {"FunctionName":"f","EventSourceArn":"arn:aws:kinesis:us-east-1:000000000000:stream/s"}
                400 InvalidParameterValueException 1 validation error detected: Value null at 'startingPosition' failed to satisfy
                constraint: Member must not be null.
            POST /2015-03-31/event-source-mappings {"FunctionName":"f","EventSourceArn":"arn:aws:kinesis:us-east-1:000000000000:stream/s","StartingPosition":"X"}
                400 ValidationException 1 validation error detected: Value 'X' at 'startingPosition' failed to satisfy constraint:
                Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]
            POST /2015-03-31/event-source-mappings {"FunctionName":"f","EventSourceArn":"arn:aws:sqs:us-east-1:000000000000:q","BatchSize":11}
                400 InvalidParameterValueException Maximum batch window in seconds must be greater than 0 if maximum batch size is
                greater than 10
            POST /2015-03-31/event-source-mappings {"FunctionName":"f","EventSourceArn":"arn:aws:sqs:us-east-1:000000000000:q","FilterCriteria":{"Filters":[{"Pattern":"x"}]}}
                400 InvalidParameterValueException Invalid filter pattern definition.
            GET /2015-03-31/event-source-mappings/nope
                404 ResourceNotFoundException The resource you requested does not exist.
            POST /2015-03-31/functions/f/invocations?Qualifier=9
                404 ResourceNotFoundException Function not found: arn:aws:lambda:us-east-1:000000000000:function:f:9
            POST /2015-03-31/functions/none/invocations
                404 ResourceNotFoundException Function not found: arn:aws:lambda:us-east-1:000000000000:function:none:$LATEST
            POST /2014-11-13/functions/f:live/invoke-async {}
                400 InvalidParameterValueException This operation is permitted on Lambda functions only. Aliases and versions do not
                support this operation. Please specify either a function name or an unqualified function ARN.
            GET /2020-04-22/code-signing-configs/x
                400 ValidationException 1 validation error detected: Value 'x' at 'codeSigningConfigArn' failed to satisfy
                constraint: Member must satisfy regular expression pattern:
                arn:(aws[a-zA-Z-]*)?:lambda:[a-z]{2}((-gov)|(-iso(b?)))?-[a-z]+-\\d{1}:\\d{12}:code-signing-config:csc-[a-z0-9]{17}
            PUT /2020-06-30/functions/f/code-signing-config {"CodeSigningConfigArn":"arn:aws:lambda:us-east-1:000000000000:code-signing-config:csc-00000000000000000"}
                404 CodeSigningConfigNotFoundException The code signing configuration cannot be found. Check that the provided
                configuration is not deleted: arn:aws:lambda:us-east-1:000000000000:code-signing-config:csc-00000000000000000.
            PUT /2015-03-31/functions/f/code {}
                400 InvalidParameterValueException Please provide a source for function code.
            PUT /2015-03-31/functions/f:live/configuration {"Description":"x"}
                400 InvalidParameterValueException This operation is permitted on Lambda functions only. Aliases and versions do not
                support this operation. Please specify either a function name or an unqualified function ARN.
            PUT /2015-03-31/functions/none/configuration {"Description":"x"}
                404 ResourceNotFoundException Function not found: arn:aws:lambda:us-east-1:000000000000:function:none
            """;

    /** Types whose text goes by {@code Message}; that of the others goes by {@code message}. */
    private static final Set<String> UPPER_CASE = Set.of(
            "ResourceNotFoundException",
            "AccessDeniedException",
            "CodeSigningConfigNotFoundException",
            "ResourceInUseException");

    private static final SampleRequests SAMPLES = new SampleRequests();

    @AfterAll
    static void close() {
        SAMPLES.close();
    }

    static List<String> refusals() {
        return List.of(REFUSALS.replaceAll("\n {4}(?=\\S)", " ").split("\n"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void isRefusedWithTheStatusTheTypeAndTheTextOfLambda(String refusal) {
        var parts = refusal.split(" (?=[45]\\d\\d [A-Z]\\w+Exception )", 2);
        var expected = parts[1].split(" ", 3);
        long before = SAMPLES.registry.changes();

        var answer = request(parts[0]).send(SAMPLES.api.server.port());

        assertThat(answer.status() + " " + answer.headers().get("x-amzn-errortype"))
                .as(answer.body())
                .isEqualTo(expected[0] + " " + expected[1]);
        assertThat(SampleRequests.json(answer.body())
                        .path(UPPER_CASE.contains(expected[1]) ? "Message" : "message")
                        .asText())
                .isEqualTo(expected[2]);
        assertThat(SAMPLES.registry.changes()).isEqualTo(before);
    }

    private static RawRequest request(String text) {
        var parts = text.split(" ", 3);
        var body = parts.length < 3 ? "" : parts[2].replace("KAFKA", MappingApi.KAFKA);
        if (parts[0].equals("CREATE")) {
            var created = (ObjectNode) SampleRequests.json(RunningApi.createRequest(parts[1], ""));
            created.setAll((ObjectNode) SampleRequests.json(body));
            return new RawRequest(
                    "POST", RunningApi.FUNCTIONS, List.of(), created.toString().getBytes(StandardCharsets.UTF_8));
        }
        return new RawRequest(parts[0], parts[1], List.of(), body.getBytes(StandardCharsets.UTF_8));
    }
}
