package io.kappa.router.api.function;

import static io.kappa.router.api.shape.Shape.choice;
import static io.kappa.router.api.shape.Shape.listing;
import static io.kappa.router.api.shape.Shape.member;
import static io.kappa.router.api.shape.Shape.required;
import static io.kappa.router.api.shape.Shape.structure;
import static io.kappa.router.api.shape.Shape.text;
import static io.kappa.router.api.shape.Shape.whole;

import io.kappa.router.api.shape.Shape;
import io.kappa.router.api.shape.Shape.Anything;
import io.kappa.router.api.shape.Shape.Bytes;
import io.kappa.router.api.shape.Shape.Flag;
import io.kappa.router.api.shape.Shape.Mapping;
import io.kappa.router.api.shape.Shape.Member;
import io.kappa.router.api.shape.Shape.Real;
import io.kappa.router.api.shape.Shape.Structure;
import io.kappa.router.api.shape.Shape.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The requests on functions as the service model has them. Qualifiers stand before names because AWS reports them first. */
public final class RequestShapes {
    static final int LONGEST_IDENTIFIER = 256;

    private static final String REGION =
            "((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?";

    /** Every way to name a function that is there already. */
    static final Pattern ANY_FUNCTION_NAME = Pattern.compile("(arn:(aws[a-zA-Z-]*)?:lambda:)?" + REGION
            + "([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?");

    private static final String CHANGED_FUNCTION_NAME =
            "(arn:(aws[a-zA-Z-]*)?:lambda:)?" + REGION + "([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?";

    private static final Text QUALIFIER = text(1, 128).matching("\\$(LATEST(\\.PUBLISHED)?)|[a-zA-Z0-9-_$]+");
    public static final Text READ_NAME = text(1, LONGEST_IDENTIFIER).matching(ANY_FUNCTION_NAME.pattern());
    public static final Text CHANGE_NAME = text(1, 140).matching(CHANGED_FUNCTION_NAME);
    private static final Text ROLE = text().matching("arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+");
    private static final Text ANY_ARN = text().matching("(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()");
    public static final Member MARKER = member("Marker", text());
    public static final Member MAX_ITEMS = member("MaxItems", whole(1, 10_000));
    public static final Text LAYER_VERSION_ARN =
            text(1, 140).matching("arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+");
    private static final Shape ARCHITECTURES = listing(choice("x86_64", "arm64"), 1, 1);

    private static final Member[] CODE_SOURCES = {
        member("ZipFile", new Bytes()),
        member("S3Bucket", text(3, 63).matching("[0-9A-Za-z\\.\\-_]*(?<!\\.)")),
        member("S3Key", text(1, 1024)),
        member("S3ObjectVersion", text(1, 1024)),
        member(ImageRules.URI, text()),
        member("SourceKMSKeyArn", ANY_ARN),
    };

    /** What creation and update of a configuration have in common. */
    private static final Member[] CONFIGURATION = {
        member("Handler", text(0, 128).matching("[^\\s]+")),
        member("Description", text(0, 256)),
        member("Timeout", whole(1, 900)),
        member("MemorySize", whole(128, 32_768)),
        member("Runtime", text()), // Its values are a rule of the service, which also takes ARNs.
        member(
                "VpcConfig",
                structure(
                        member("SubnetIds", listing(text(), 0, 16)),
                        member("SecurityGroupIds", listing(text(), 0, 5)),
                        member("Ipv6AllowedForDualStack", new Flag()))),
        member("DeadLetterConfig", structure(member("TargetArn", ANY_ARN))),
        member(
                "Environment",
                structure(member("Variables", new Mapping(text().matching("[a-zA-Z]([a-zA-Z0-9_])+"), text())))),
        member("KMSKeyArn", ANY_ARN),
        member("TracingConfig", structure(member("Mode", choice("Active", "PassThrough")))),
        member(FunctionLayers.MEMBER, listing(LAYER_VERSION_ARN, 0, Integer.MAX_VALUE)),
        member("EphemeralStorage", structure(required("Size", whole(512, 10_240)))),
        member("SnapStart", structure(member("ApplyOn", choice("PublishedVersions", "None")))),
        member(
                "LoggingConfig",
                structure(
                        member("LogFormat", choice("JSON", "Text")),
                        member("ApplicationLogLevel", choice("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")),
                        member("SystemLogLevel", choice("DEBUG", "INFO", "WARN")),
                        member("LogGroup", text(1, 512).matching("[\\.\\-_/#A-Za-z0-9]+")))),
        member("FileSystemConfigs", new Anything()),
        member(ImageRules.MEMBER, ImageRules.SHAPE),
        member("CapacityProviderConfig", new Anything()),
        member("DurableConfig", new Anything()),
    };

    static final Structure CREATE_FUNCTION = with(
            CONFIGURATION,
            required("FunctionName", CHANGE_NAME),
            required("Role", ROLE),
            required("Code", structure(CODE_SOURCES)),
            member("Publish", new Flag()),
            member("PackageType", choice("Zip", "Image")),
            member("Tags", new Mapping(text(), text())),
            member("CodeSigningConfigArn", text(0, 200)),
            member("Architectures", ARCHITECTURES),
            member("PublishTo", choice("LATEST_PUBLISHED")),
            member("TenancyConfig", new Anything()));

    static final Structure UPDATE_FUNCTION_CODE = with(
            CODE_SOURCES,
            required("FunctionName", CHANGE_NAME),
            member("Publish", new Flag()),
            member("DryRun", new Flag()),
            member("RevisionId", text()),
            member("Architectures", ARCHITECTURES),
            member("PublishTo", choice("LATEST_PUBLISHED")));

    static final Structure UPDATE_FUNCTION_CONFIGURATION = with(
            CONFIGURATION, required("FunctionName", CHANGE_NAME), member("Role", ROLE), member("RevisionId", text()));

    static final Structure PUBLISH_VERSION = structure(
            required("FunctionName", CHANGE_NAME),
            member("CodeSha256", text()),
            member("Description", text(0, 256)),
            member("RevisionId", text()),
            member("PublishTo", choice("LATEST_PUBLISHED")));

    /** GetFunction, GetFunctionConfiguration and DeleteFunction. */
    static final Structure ONE_VERSION = structure(member("Qualifier", QUALIFIER), required("FunctionName", READ_NAME));

    static final Structure LIST_FUNCTIONS = structure(
            member("MasterRegion", text().matching("ALL|[a-z]{2}(-gov)?-[a-z]+-\\d{1}")),
            member("FunctionVersion", choice("ALL")),
            MARKER,
            MAX_ITEMS);

    static final Structure LIST_VERSIONS = structure(required("FunctionName", READ_NAME), MARKER, MAX_ITEMS);

    /** Where failures or successes go. */
    public static final Structure DESTINATION = structure(member(
            "Destination",
            text(0, 350)
                    .matching("$|kafka://([^.]([a-zA-Z0-9\\-_.]{0,248}))|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\\-])+:"
                            + "([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1})?:(\\d{12})?:(.*)")));

    /** To put one and to update one. */
    static final Structure EVENT_INVOKE_CONFIG = structure(
            member("Qualifier", QUALIFIER),
            required("FunctionName", READ_NAME),
            member("MaximumRetryAttempts", whole(0, 2)),
            member("MaximumEventAgeInSeconds", whole(60, 21_600)),
            member("DestinationConfig", structure(member("OnSuccess", DESTINATION), member("OnFailure", DESTINATION))));

    static final Structure LIST_EVENT_INVOKE_CONFIGS =
            structure(required("FunctionName", READ_NAME), MARKER, member("MaxItems", whole(1, 50)));

    private static final Text ALIAS = text(1, 128).matching("(?!^[0-9]+$)([a-zA-Z0-9-_]+)");
    private static final Text VERSION = text(1, 1024).matching("(\\$LATEST|[0-9]+)");
    private static final Shape ROUTING = structure(
            member("AdditionalVersionWeights", new Mapping(text(1, 1024).matching("[0-9]+"), new Real(0.0, 1.0))));

    static final Structure CREATE_ALIAS = structure(
            required("FunctionName", CHANGE_NAME),
            required("Name", ALIAS),
            required("FunctionVersion", VERSION),
            member("Description", text(0, 256)),
            member("RoutingConfig", ROUTING));

    static final Structure UPDATE_ALIAS = structure(
            required("FunctionName", CHANGE_NAME),
            required("Name", ALIAS),
            member("FunctionVersion", VERSION),
            member("Description", text(0, 256)),
            member("RoutingConfig", ROUTING),
            member("RevisionId", text()));

    /** GetAlias and DeleteAlias. */
    static final Structure ONE_ALIAS = structure(required("FunctionName", CHANGE_NAME), required("Name", ALIAS));

    static final Structure LIST_ALIASES =
            structure(required("FunctionName", CHANGE_NAME), member("FunctionVersion", VERSION), MARKER, MAX_ITEMS);

    static final Structure PUT_PROVISIONED = structure(
            required("Qualifier", QUALIFIER),
            required("FunctionName", CHANGE_NAME),
            required(ProvisionedConfigs.MEMBER, whole(1, Integer.MAX_VALUE)));

    /** GetProvisionedConcurrencyConfig and DeleteProvisionedConcurrencyConfig. */
    static final Structure ONE_PROVISIONED =
            structure(required("Qualifier", QUALIFIER), required("FunctionName", CHANGE_NAME));

    static final Structure LIST_PROVISIONED =
            structure(required("FunctionName", CHANGE_NAME), MARKER, member("MaxItems", whole(1, 50)));

    static final Structure PUT_CONCURRENCY = structure(
            required("FunctionName", CHANGE_NAME), required(ReservedConcurrency.MEMBER, whole(0, Integer.MAX_VALUE)));

    /** GetFunctionConcurrency and DeleteFunctionConcurrency. */
    static final Structure ONE_FUNCTION = structure(required("FunctionName", CHANGE_NAME));

    private static final Text RESOURCE_ARN = text().matching(
                    "arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\\-])+:([a-z]{2}(-gov)?-[a-z]+-\\d{1})?:(\\d{12})?:(.*)");
    private static final Text STATEMENT_ID = text(1, 100).matching("([a-zA-Z0-9-_]+)");

    static final Structure PUT_RECURSION =
            structure(required("FunctionName", CHANGE_NAME), required("RecursiveLoop", choice("Allow", "Terminate")));

    static final Structure PUT_RUNTIME_MANAGEMENT = structure(
            member("Qualifier", QUALIFIER),
            required("FunctionName", READ_NAME),
            required("UpdateRuntimeOn", choice("Auto", "Manual", "FunctionUpdate")),
            member(
                    "RuntimeVersionArn",
                    text(26, 2048)
                            .matching(
                                    "arn:(aws[a-zA-Z-]*):lambda:[a-z]{2}((-gov)|(-iso(b?)))?-[a-z]+-\\d{1}::runtime:.+")));

    static final String CODE_SIGNING_CONFIG_ARN = "CodeSigningConfigArn";

    private static final Text SIGNING_CONFIG = text(0, 200)
            .matching("arn:(aws[a-zA-Z-]*)?:lambda:[a-z]{2}((-gov)|(-iso(b?)))?-[a-z]+-\\d{1}:\\d{12}:"
                    + "code-signing-config:csc-[a-z0-9]{17}");
    private static final Shape PUBLISHERS =
            structure(required("SigningProfileVersionArns", listing(RESOURCE_ARN, 1, 20)));
    private static final Shape SIGNING_POLICIES =
            structure(required("UntrustedArtifactOnDeployment", choice("Warn", "Enforce")));

    static final Structure CREATE_CODE_SIGNING_CONFIG = structure(
            member("Description", text(0, 256)),
            required("AllowedPublishers", PUBLISHERS),
            member("CodeSigningPolicies", SIGNING_POLICIES),
            member("Tags", new Mapping(text(), text())));

    static final Structure UPDATE_CODE_SIGNING_CONFIG = structure(
            required(CODE_SIGNING_CONFIG_ARN, SIGNING_CONFIG),
            member("Description", text(0, 256)),
            member("AllowedPublishers", PUBLISHERS),
            member("CodeSigningPolicies", SIGNING_POLICIES));

    /** GetCodeSigningConfig and DeleteCodeSigningConfig. */
    static final Structure ONE_CODE_SIGNING_CONFIG = structure(required(CODE_SIGNING_CONFIG_ARN, SIGNING_CONFIG));

    static final Structure LIST_CODE_SIGNING_CONFIGS = structure(MARKER, MAX_ITEMS);

    static final Structure LIST_FUNCTIONS_BY_CODE_SIGNING_CONFIG =
            structure(required(CODE_SIGNING_CONFIG_ARN, SIGNING_CONFIG), MARKER, MAX_ITEMS);

    static final Structure PUT_FUNCTION_CODE_SIGNING_CONFIG =
            structure(required("FunctionName", READ_NAME), required(CODE_SIGNING_CONFIG_ARN, SIGNING_CONFIG));

    /** GetFunctionCodeSigningConfig and DeleteFunctionCodeSigningConfig. */
    static final Structure READ_FUNCTION = structure(required("FunctionName", READ_NAME));

    static final Structure ADD_PERMISSION = structure(
            member("Qualifier", QUALIFIER),
            required("FunctionName", READ_NAME),
            required("StatementId", STATEMENT_ID),
            required("Action", text().matching("(lambda:[*]|lambda:[a-zA-Z]+|[*])")),
            required("Principal", text().matching("[^\\s]+")),
            member("SourceArn", RESOURCE_ARN),
            member("SourceAccount", text(0, 12).matching("\\d{12}")),
            member("EventSourceToken", text(0, 256).matching("[a-zA-Z0-9._\\-]+")),
            member("RevisionId", text()),
            member("PrincipalOrgID", text(12, 34).matching("o-[a-z0-9]{10,32}")),
            member("FunctionUrlAuthType", choice("NONE", "AWS_IAM")),
            member("InvokedViaFunctionUrl", new Flag()));

    static final Structure REMOVE_PERMISSION = structure(
            member("Qualifier", QUALIFIER),
            required("FunctionName", READ_NAME),
            required("StatementId", STATEMENT_ID),
            member("RevisionId", text()));

    /** What of an Invoke stands in the path, the query and headers. */
    public static final Structure INVOKE = structure(
            member("Qualifier", QUALIFIER),
            required("FunctionName", READ_NAME),
            member("InvocationType", choice("Event", "RequestResponse", "DryRun")),
            member("LogType", choice("None", "Tail")));

    /** What of an InvokeWithResponseStream stands in the path, the query and headers. */
    public static final Structure INVOKE_WITH_RESPONSE_STREAM = structure(
            member("Qualifier", QUALIFIER),
            required("FunctionName", READ_NAME),
            member("InvocationType", choice("RequestResponse", "DryRun")),
            member("LogType", choice("None", "Tail")));

    /** What of an InvokeAsync stands in the path. */
    public static final Structure INVOKE_ASYNC = structure(required("FunctionName", READ_NAME));

    private static Structure with(Member[] common, Member... own) {
        var members = new ArrayList<>(List.of(own));
        members.addAll(List.of(common));
        return new Structure(members);
    }

    private RequestShapes() {}
}
