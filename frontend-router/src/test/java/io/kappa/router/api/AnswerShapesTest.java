package io.kappa.router.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kappa.router.api.ModelMember.Place;
import io.kappa.router.api.SampleRequests.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What each operation answers with, member by member: which are there, of which types, in which formats, and how ARNs are qualified. */
class AnswerShapesTest {
    /**
     * Operation, status, body. Of texts it says the format: {@code s} and {@code ms} are times to the second and to the millisecond
     * with an offset, {@code us} is one with microseconds, {@code epoch} seconds as a number; an ARN of Lambda is written from its kind on.
     */
    private static final String ANSWERS = """
            CreateFunction 201 {FunctionName:'g' FunctionArn:function:g Runtime:'python3.13'
                Role:'arn:aws:iam::000000000000:role/r' Handler:'index.handler' CodeSize:number Description:'d'
                Timeout:number MemorySize:number LastModified:ms CodeSha256:sha256 Version:'1'
                DeadLetterConfig:{TargetArn:'arn:aws:sqs:us-east-1:000000000000:q'} Environment:{Variables:<KEY:'v'>}
                TracingConfig:{Mode:'Active'} Layers:[{Arn:layer:tools:1 CodeSize:number}] RevisionId:uuid State:'Pending'
                StateReason:'The function is being created.' StateReasonCode:'Creating' PackageType:'Zip'
                Architectures:['x86_64'] EphemeralStorage:{Size:number} SnapStart:{ApplyOn:'None' OptimizationStatus:'Off'}
                RuntimeVersionConfig:{RuntimeVersionArn:runtime:hash} LoggingConfig:{LogFormat:'JSON'
                ApplicationLogLevel:'TRACE' SystemLogLevel:'WARN' LogGroup:'/g'}}
            GetFunction 200 {Configuration:{FunctionName:'f' FunctionArn:function:f:live Runtime:'python3.13'
                Role:'arn:aws:iam::000000000000:role/r' Handler:'index.handler' CodeSize:number Description:''
                Timeout:number MemorySize:number LastModified:ms CodeSha256:sha256 Version:'1'
                Environment:{Variables:<KEY:'v'>} TracingConfig:{Mode:'PassThrough'} RevisionId:uuid State:'Active'
                LastUpdateStatus:'Successful' PackageType:'Zip' Architectures:['x86_64'] EphemeralStorage:{Size:number}
                SnapStart:{ApplyOn:'None' OptimizationStatus:'Off'} RuntimeVersionConfig:{RuntimeVersionArn:runtime:hash}
                LoggingConfig:{LogFormat:'Text' LogGroup:'/aws/lambda/f'}} Code:{RepositoryType:'S3' Location:url}
                Tags:<team:'a'> Concurrency:{ReservedConcurrentExecutions:number}}
            GetFunctionConfiguration 200 {FunctionName:'f' FunctionArn:function:f Runtime:'python3.13'
                Role:'arn:aws:iam::000000000000:role/r' Handler:'index.handler' CodeSize:number Description:'second'
                Timeout:number MemorySize:number LastModified:ms CodeSha256:sha256 Version:'$LATEST'
                Environment:{Variables:<KEY:'v'>} TracingConfig:{Mode:'PassThrough'} RevisionId:uuid State:'Active'
                LastUpdateStatus:'Successful' PackageType:'Zip' Architectures:['x86_64'] EphemeralStorage:{Size:number}
                SnapStart:{ApplyOn:'None' OptimizationStatus:'Off'} RuntimeVersionConfig:{RuntimeVersionArn:runtime:hash}
                LoggingConfig:{LogFormat:'Text' LogGroup:'/aws/lambda/f'}}
            ListFunctions 200 {NextMarker:'ZjokTEFURVNU' Functions:[{FunctionName:'f' FunctionArn:function:f:$LATEST
                Runtime:'python3.13' Role:'arn:aws:iam::000000000000:role/r' Handler:'index.handler' CodeSize:number
                Description:'second' Timeout:number MemorySize:number LastModified:ms CodeSha256:sha256 Version:'$LATEST'
                Environment:{Variables:<KEY:'v'>} TracingConfig:{Mode:'PassThrough'} RevisionId:uuid PackageType:'Zip'
                Architectures:['x86_64'] EphemeralStorage:{Size:number} SnapStart:{ApplyOn:'None' OptimizationStatus:'Off'}
                LoggingConfig:{LogFormat:'Text' LogGroup:'/aws/lambda/f'}}]}
            UpdateFunctionCode 200 {FunctionName:'f' FunctionArn:function:f:3 Runtime:'python3.13'
                Role:'arn:aws:iam::000000000000:role/r' Handler:'index.handler' CodeSize:number Description:'second'
                Timeout:number MemorySize:number LastModified:ms CodeSha256:sha256 Version:'3'
                Environment:{Variables:<KEY:'v'>} TracingConfig:{Mode:'PassThrough'} RevisionId:uuid State:'Pending'
                StateReason:'The function is being created.' StateReasonCode:'Creating' PackageType:'Zip'
                Architectures:['x86_64'] EphemeralStorage:{Size:number} SnapStart:{ApplyOn:'None' OptimizationStatus:'Off'}
                RuntimeVersionConfig:{RuntimeVersionArn:runtime:hash} LoggingConfig:{LogFormat:'Text'
                LogGroup:'/aws/lambda/f'}}
            UpdateFunctionConfiguration 200 {FunctionName:'f' FunctionArn:function:f Runtime:'python3.13'
                Role:'arn:aws:iam::000000000000:role/r' Handler:'index.handler' CodeSize:number Description:'third'
                Timeout:number MemorySize:number LastModified:ms CodeSha256:sha256 Version:'$LATEST'
                Environment:{Variables:<OTHER:'w'>} TracingConfig:{Mode:'PassThrough'} RevisionId:uuid State:'Active'
                LastUpdateStatus:'InProgress' LastUpdateStatusReason:'The function is being created.'
                LastUpdateStatusReasonCode:'Creating' PackageType:'Zip' Architectures:['x86_64']
                EphemeralStorage:{Size:number} SnapStart:{ApplyOn:'None' OptimizationStatus:'Off'}
                RuntimeVersionConfig:{RuntimeVersionArn:runtime:hash} LoggingConfig:{LogFormat:'Text'
                LogGroup:'/aws/lambda/f'}}
            DeleteFunction 204
            Invoke 200
            PublishVersion 201 {FunctionName:'f' FunctionArn:function:f:2 Runtime:'python3.13'
                Role:'arn:aws:iam::000000000000:role/r' Handler:'index.handler' CodeSize:number Description:'second'
                Timeout:number MemorySize:number LastModified:ms CodeSha256:sha256 Version:'2'
                Environment:{Variables:<KEY:'v'>} TracingConfig:{Mode:'PassThrough'} RevisionId:uuid State:'Active'
                LastUpdateStatus:'Successful' PackageType:'Zip' Architectures:['x86_64'] EphemeralStorage:{Size:number}
                SnapStart:{ApplyOn:'None' OptimizationStatus:'Off'} RuntimeVersionConfig:{RuntimeVersionArn:runtime:hash}
                LoggingConfig:{LogFormat:'Text' LogGroup:'/aws/lambda/f'}}
            ListVersionsByFunction 200 {NextMarker:'ZjokTEFURVNU' Versions:[{FunctionName:'f' FunctionArn:function:f:$LATEST
                Runtime:'python3.13' Role:'arn:aws:iam::000000000000:role/r' Handler:'index.handler' CodeSize:number
                Description:'second' Timeout:number MemorySize:number LastModified:ms CodeSha256:sha256 Version:'$LATEST'
                Environment:{Variables:<KEY:'v'>} TracingConfig:{Mode:'PassThrough'} RevisionId:uuid PackageType:'Zip'
                Architectures:['x86_64'] EphemeralStorage:{Size:number} SnapStart:{ApplyOn:'None' OptimizationStatus:'Off'}
                LoggingConfig:{LogFormat:'Text' LogGroup:'/aws/lambda/f'}}]}
            CreateAlias 201 {AliasArn:function:f:blue Name:'blue' FunctionVersion:'1' Description:'d'
                RoutingConfig:{AdditionalVersionWeights:<2:number>} RevisionId:uuid}
            GetAlias 200 {AliasArn:function:f:live Name:'live' FunctionVersion:'1' Description:'' RevisionId:uuid}
            UpdateAlias 200 {AliasArn:function:f:live Name:'live' FunctionVersion:'1' Description:'d' RevisionId:uuid}
            DeleteAlias 204
            ListAliases 200 {Aliases:[{AliasArn:function:f:live Name:'live' FunctionVersion:'1' Description:''
                RevisionId:uuid}]}
            AddPermission 201 {Statement:'{"Sid":"t","Effect":"Allow","Principal":'}
            GetPolicy 200 {Policy:'{"Version":"2012-10-17","Id":"default","' RevisionId:uuid}
            RemovePermission 204
            CreateEventSourceMapping 202 {UUID:uuid EventSourceMappingArn:event-source-mapping:uuid
                EventSourceArn:'arn:aws:kinesis:us-east-1:000000000000:s' FunctionArn:function:f State:'Creating'
                StateTransitionReason:'User action' LastModified:epoch BatchSize:number
                FilterCriteria:{Filters:[{Pattern:'{"a":[1]}'}]} MaximumBatchingWindowInSeconds:number
                StartingPosition:'TRIM_HORIZON' LastProcessingResult:'No records processed' ParallelizationFactor:number
                MaximumRetryAttempts:number MaximumRecordAgeInSeconds:number BisectBatchOnFunctionError:true
                TumblingWindowInSeconds:number
                DestinationConfig:{OnFailure:{Destination:'arn:aws:sqs:us-east-1:000000000000:q'}}
                FunctionResponseTypes:['ReportBatchItemFailures']}
            GetEventSourceMapping 200 {UUID:uuid EventSourceMappingArn:event-source-mapping:uuid FunctionArn:function:f
                State:'Enabled' StateTransitionReason:'User action' LastModified:epoch BatchSize:number
                SelfManagedEventSource:{Endpoints:<KAFKA_BOOTSTRAP_SERVERS:["kafka:1000"]>} StartingPosition:'TRIM_HORIZON'
                LastProcessingResult:'No records processed' Topics:['orders'] SourceAccessConfigurations:[]
                SelfManagedKafkaEventSourceConfig:{ConsumerGroupId:uuid}}
            ListEventSourceMappings 200 {EventSourceMappings:[{UUID:uuid EventSourceMappingArn:event-source-mapping:uuid
                FunctionArn:function:f State:'Enabled' StateTransitionReason:'User action' LastModified:epoch
                BatchSize:number SelfManagedEventSource:{Endpoints:<KAFKA_BOOTSTRAP_SERVERS:["kafka:1000"]>}
                StartingPosition:'TRIM_HORIZON' LastProcessingResult:'No records processed' Topics:['orders']
                SourceAccessConfigurations:[] SelfManagedKafkaEventSourceConfig:{ConsumerGroupId:uuid}}]}
            UpdateEventSourceMapping 202 {UUID:uuid EventSourceMappingArn:event-source-mapping:uuid FunctionArn:function:f
                State:'Disabling' StateTransitionReason:'User action' LastModified:epoch BatchSize:number
                SelfManagedEventSource:{Endpoints:<KAFKA_BOOTSTRAP_SERVERS:["kafka:1000"]>} StartingPosition:'TRIM_HORIZON'
                LastProcessingResult:'No records processed' Topics:['orders'] SourceAccessConfigurations:[]
                SelfManagedKafkaEventSourceConfig:{ConsumerGroupId:uuid}}
            DeleteEventSourceMapping 202 {UUID:uuid EventSourceMappingArn:event-source-mapping:uuid FunctionArn:function:f
                State:'Deleting' StateTransitionReason:'User action' LastModified:epoch BatchSize:number
                SelfManagedEventSource:{Endpoints:<KAFKA_BOOTSTRAP_SERVERS:["kafka:1000"]>} StartingPosition:'TRIM_HORIZON'
                LastProcessingResult:'No records processed' Topics:['orders'] SourceAccessConfigurations:[]
                SelfManagedKafkaEventSourceConfig:{ConsumerGroupId:uuid}}
            PutFunctionConcurrency 200 {ReservedConcurrentExecutions:number}
            DeleteFunctionConcurrency 204
            GetFunctionConcurrency 200 {ReservedConcurrentExecutions:number}
            PutProvisionedConcurrencyConfig 202 {RequestedProvisionedConcurrentExecutions:number
                AvailableProvisionedConcurrentExecutions:number AllocatedProvisionedConcurrentExecutions:number
                Status:'IN_PROGRESS' LastModified:s}
            GetProvisionedConcurrencyConfig 200 {RequestedProvisionedConcurrentExecutions:number
                AvailableProvisionedConcurrentExecutions:number AllocatedProvisionedConcurrentExecutions:number
                Status:'IN_PROGRESS' LastModified:s}
            DeleteProvisionedConcurrencyConfig 204
            ListProvisionedConcurrencyConfigs 200 {ProvisionedConcurrencyConfigs:[{FunctionArn:function:f:2
                RequestedProvisionedConcurrentExecutions:number AvailableProvisionedConcurrentExecutions:number
                AllocatedProvisionedConcurrentExecutions:number Status:'IN_PROGRESS' LastModified:s}]}
            PutFunctionEventInvokeConfig 200 {LastModified:epoch FunctionArn:function:f:$LATEST MaximumRetryAttempts:number
                MaximumEventAgeInSeconds:number
                DestinationConfig:{OnSuccess:{Destination:'arn:aws:sqs:us-east-1:000000000000:q'}
                OnFailure:{Destination:'arn:aws:sns:us-east-1:000000000000:t'}}}
            UpdateFunctionEventInvokeConfig 200 {LastModified:epoch FunctionArn:function:f:$LATEST
                MaximumRetryAttempts:number MaximumEventAgeInSeconds:number
                DestinationConfig:{OnSuccess:{Destination:'arn:aws:sqs:us-east-1:000000000000:q'}
                OnFailure:{Destination:'arn:aws:sns:us-east-1:000000000000:t'}}}
            GetFunctionEventInvokeConfig 200 {LastModified:epoch FunctionArn:function:f:$LATEST MaximumRetryAttempts:number
                DestinationConfig:{OnSuccess:{} OnFailure:{}}}
            DeleteFunctionEventInvokeConfig 204
            ListFunctionEventInvokeConfigs 200 {FunctionEventInvokeConfigs:[{LastModified:epoch
                FunctionArn:function:f:$LATEST MaximumRetryAttempts:number DestinationConfig:{OnSuccess:{} OnFailure:{}}}]}
            InvokeAsync 202
            CreateFunctionUrlConfig 201 {FunctionUrl:url FunctionArn:function:f:live AuthType:'NONE' InvokeMode:'BUFFERED'
                CreationTime:us Cors:{AllowCredentials:true AllowHeaders:['x-a'] AllowMethods:['GET']
                AllowOrigins:['https://a.test'] ExposeHeaders:['x-b'] MaxAge:number}}
            GetFunctionUrlConfig 200 {FunctionUrl:url FunctionArn:function:f AuthType:'NONE' InvokeMode:'BUFFERED'
                CreationTime:us LastModifiedTime:us}
            UpdateFunctionUrlConfig 200 {FunctionUrl:url FunctionArn:function:f AuthType:'AWS_IAM'
                InvokeMode:'RESPONSE_STREAM' CreationTime:us LastModifiedTime:us}
            DeleteFunctionUrlConfig 204
            ListFunctionUrlConfigs 200 {FunctionUrlConfigs:[{FunctionUrl:url FunctionArn:function:f AuthType:'NONE'
                InvokeMode:'BUFFERED' CreationTime:us LastModifiedTime:us}]}
            InvokeWithResponseStream 200
            PublishLayerVersion 201 {Content:{Location:url CodeSha256:sha256 CodeSize:number} LayerArn:layer:tools
                LayerVersionArn:layer:tools:2 Version:number Description:'d' CreatedDate:ms
                CompatibleRuntimes:['python3.13'] LicenseInfo:'MIT' CompatibleArchitectures:['x86_64']}
            GetLayerVersion 200 {Content:{Location:url CodeSha256:sha256 CodeSize:number} LayerArn:layer:tools
                LayerVersionArn:layer:tools:1 Version:number Description:'' CreatedDate:ms
                CompatibleRuntimes:['python3.13']}
            DeleteLayerVersion 204
            GetLayerVersionByArn 200 {Content:{Location:url CodeSha256:sha256 CodeSize:number} LayerArn:layer:tools
                LayerVersionArn:layer:tools:1 Version:number Description:'' CreatedDate:ms
                CompatibleRuntimes:['python3.13']}
            ListLayers 200 {Layers:[{LayerName:'tools' LayerArn:layer:tools
                LatestMatchingVersion:{LayerVersionArn:layer:tools:1 Version:number Description:'' CreatedDate:ms
                CompatibleRuntimes:['python3.13']}}]}
            ListLayerVersions 200 {LayerVersions:[{LayerVersionArn:layer:tools:1 Version:number Description:''
                CreatedDate:ms CompatibleRuntimes:['python3.13']}]}
            AddLayerVersionPermission 201 {Statement:'{"Sid":"t","Effect":"Allow","Principal":' RevisionId:uuid}
            GetLayerVersionPolicy 200 {Policy:'{"Version":"2012-10-17","Id":"default","' RevisionId:uuid}
            RemoveLayerVersionPermission 204
            TagResource 204
            ListTags 200 {Tags:<team:'a'>}
            UntagResource 204
            GetAccountSettings 200 {AccountLimit:{TotalCodeSize:number CodeSizeUnzipped:number CodeSizeZipped:number
                ConcurrentExecutions:number UnreservedConcurrentExecutions:number} AccountUsage:{TotalCodeSize:number
                FunctionCount:number}}
            PutFunctionRecursionConfig 200 {RecursiveLoop:'Allow'}
            GetFunctionRecursionConfig 200 {RecursiveLoop:'Terminate'}
            PutRuntimeManagementConfig 200 {UpdateRuntimeOn:'Auto' FunctionArn:function:f:$LATEST}
            GetRuntimeManagementConfig 200 {UpdateRuntimeOn:'Auto' FunctionArn:function:f:$LATEST}
            CreateCodeSigningConfig 201 {CodeSigningConfig:{CodeSigningConfigId:csc
                CodeSigningConfigArn:code-signing-config:csc Description:'d'
                AllowedPublishers:{SigningProfileVersionArns:['arn:aws:signer:us-east-1:000000000000:/s']}
                CodeSigningPolicies:{UntrustedArtifactOnDeployment:'Warn'} LastModified:ms}}
            ListCodeSigningConfigs 200 {CodeSigningConfigs:[{CodeSigningConfigId:csc
                CodeSigningConfigArn:code-signing-config:csc
                AllowedPublishers:{SigningProfileVersionArns:['arn:aws:signer:us-east-1:000000000000:/s']}
                CodeSigningPolicies:{UntrustedArtifactOnDeployment:'Warn'} LastModified:ms}]}
            GetCodeSigningConfig 200 {CodeSigningConfig:{CodeSigningConfigId:csc
                CodeSigningConfigArn:code-signing-config:csc
                AllowedPublishers:{SigningProfileVersionArns:['arn:aws:signer:us-east-1:000000000000:/s']}
                CodeSigningPolicies:{UntrustedArtifactOnDeployment:'Warn'} LastModified:ms}}
            UpdateCodeSigningConfig 200 {CodeSigningConfig:{CodeSigningConfigId:csc
                CodeSigningConfigArn:code-signing-config:csc Description:'e'
                AllowedPublishers:{SigningProfileVersionArns:['arn:aws:signer:us-east-1:000000000000:/s']}
                CodeSigningPolicies:{UntrustedArtifactOnDeployment:'Warn'} LastModified:ms}}
            DeleteCodeSigningConfig 204
            ListFunctionsByCodeSigningConfig 200 {FunctionArns:[function:f]}
            PutFunctionCodeSigningConfig 200 {CodeSigningConfigArn:code-signing-config:csc FunctionName:'f'}
            GetFunctionCodeSigningConfig 200 {CodeSigningConfigArn:code-signing-config:csc FunctionName:'f'}
            DeleteFunctionCodeSigningConfig 204""";

    private static final Map<Pattern, String> FORMATS = Map.of(
            Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "uuid",
            Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}\\+0000"), "ms",
            Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z"), "us",
            Pattern.compile("[A-Za-z0-9+/]{43}="), "sha256",
            Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\+0000"), "s",
            Pattern.compile("csc-[a-z0-9]{17}"), "csc",
            Pattern.compile("http://.*"), "url");
    private static final Pattern LAMBDA_ARN = Pattern.compile("arn:aws:lambda:us-east-1:(?:\\d{12})?:(.*)");
    private static final int LONGEST = 40;

    private static final SampleRequests SAMPLES = new SampleRequests();

    @AfterAll
    static void close() {
        SAMPLES.close();
    }

    @Test
    void everyOperationAnswersWithTheMembersTypesAndFormatsOfLambda() {
        var expected = ANSWERS.replaceAll("\n +", " ").lines().toList();
        assertThat(SAMPLES.all().stream().map(AnswerShapesTest::answer)).containsExactlyElementsOf(expected);
    }

    private static String answer(Sample sample) {
        var answer = SAMPLES.answer(sample);
        var named = sample.operation().wireName() + " " + answer.status();
        if (answer.body().isEmpty() || sample.operation().wireName().startsWith("Invoke")) {
            return named;
        }
        assertThat(answer.headers()).as(named).containsEntry("content-type", "application/json");
        return named + " " + structure(SampleRequests.json(answer.body()), ModelMember.ofResponse(sample.operation()));
    }

    private static String structure(JsonNode json, List<ModelMember> members) {
        assertThat(json.isObject()).as(json.toString()).isTrue();
        var known = members.stream()
                .filter(member -> member.isIn(Place.BODY))
                .collect(Collectors.toMap(ModelMember::name, member -> member));
        var shown = new ArrayList<String>();
        json.propertyStream().forEach(property -> {
            var name = property.getKey();
            assertThat(known).as("members of the model").containsKey(name);
            shown.add(name + ":" + value(property.getValue(), Objects.requireNonNull(known.get(name))));
        });
        return "{" + String.join(" ", shown) + "}";
    }

    private static String value(JsonNode json, ModelMember member) {
        return switch (member.type()) {
            case LIST ->
                StreamSupport.stream(json.spliterator(), false)
                        .map(item -> held(item, member))
                        .distinct()
                        .collect(Collectors.joining("|", "[", "]"));
            case MAP ->
                json.propertyStream()
                        .map(entry -> entry.getKey() + ":" + held(entry.getValue(), member))
                        .collect(Collectors.joining(" ", "<", ">"));
            case STRUCTURE -> structure(json, member.inner());
            default -> plain(json, member);
        };
    }

    private static String held(JsonNode json, ModelMember member) {
        var inner = member.inner();
        return inner.isEmpty() ? plain(json, member) : structure(json, inner);
    }

    private static String plain(JsonNode json, ModelMember member) {
        if (json.isNumber()) {
            return member.type() == ModelMember.Type.MOMENT ? "epoch" : "number";
        } else if (json.isTextual()) {
            return format(json.textValue());
        }
        return json.toString();
    }

    private static String format(String text) {
        var arn = LAMBDA_ARN.matcher(text);
        if (arn.matches()) {
            return arn.group(1)
                    .replaceAll("csc-.*", "csc")
                    .replaceAll("g:[0-9a-f-]{36}", "g:uuid")
                    .replaceAll("[0-9a-f]{64}", "hash");
        }
        return FORMATS.entrySet().stream()
                .filter(format -> format.getKey().matcher(text).matches())
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("'" + text.substring(0, Math.min(text.length(), LONGEST)) + "'");
    }
}
