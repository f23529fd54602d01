package io.kappa.router.api.function;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.registry.PolicyRecord;
import io.kappa.contracts.registry.PolicyRecord.Condition;
import io.kappa.contracts.registry.RegistryView.FunctionView;
import io.kappa.router.api.operation.ApiAnswer;
import io.kappa.router.api.operation.ApiRequest;
import io.kappa.router.api.shape.Input;
import io.kappa.router.api.shape.InputReader;
import io.kappa.router.policy.Operator;
import io.kappa.router.policy.PolicyJson;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.Registry;
import io.kappa.router.registry.RegistryCommand;
import io.kappa.router.registry.SettingChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The operations on the resource-based policies of functions, versions and aliases. */
final class Permissions {
    private static final Pattern ACCOUNT = Pattern.compile("\\d{12}");
    private static final Pattern SERVICE =
            Pattern.compile("[a-z0-9-]+(\\.[a-z0-9-]+)*\\.(amazonaws|amazon)\\.com(\\.cn)?");
    private static final Pattern PRINCIPAL_ARN = Pattern.compile(
            "arn:aws[a-z-]*:(iam::\\d{12}:(root|(user|role|federated-user)/.+)|sts::\\d{12}:(assumed-role|federated-user)/.+)");

    private final Registry registry;
    private final Functions functions;

    Permissions(Registry registry, Functions functions) {
        this.registry = registry;
        this.functions = functions;
    }

    ApiAnswer add(ApiRequest request) throws Exception {
        var input = Requests.readWithQuery(RequestShapes.ADD_PERMISSION, request);
        var identifier = functions.identified(request, input);
        var qualifier = identifier.qualifier();
        if ("$LATEST".equals(qualifier)) {
            throw invalid("We currently do not support adding policies for $LATEST.");
        }
        var function = functions.required(identifier).function().function();
        var statement = statement(input);
        var _ = Requests.done(registry.submit(new RegistryCommand.ChangeSetting(
                function, qualifier, new SettingChange.AddPermission(statement, input.text("RevisionId")))));
        return ApiAnswer.json(201, json -> {
            json.writeStartObject();
            json.writeStringField("Statement", PolicyJson.of(statement, identifier.arn()));
            json.writeEndObject();
        });
    }

    private static PolicyRecord.Statement statement(Input input) {
        var conditions = new ArrayList<Condition>();
        addIfSet(conditions, Operator.STRING_EQUALS, "AWS:SourceAccount", input.text("SourceAccount"));
        addIfSet(conditions, Operator.STRING_EQUALS, "lambda:EventSourceToken", input.text("EventSourceToken"));
        addIfSet(conditions, Operator.STRING_EQUALS, "aws:PrincipalOrgID", input.text("PrincipalOrgID"));
        addIfSet(conditions, Operator.STRING_EQUALS, "lambda:FunctionUrlAuthType", input.text("FunctionUrlAuthType"));
        addIfSet(conditions, Operator.ARN_LIKE, "AWS:SourceArn", input.text("SourceArn"));
        var viaUrl = input.flagOrNull("InvokedViaFunctionUrl");
        addIfSet(conditions, Operator.BOOL, "lambda:InvokedViaFunctionUrl", viaUrl == null ? null : viaUrl.toString());
        return new PolicyRecord.Statement(
                input.requiredText("StatementId"),
                principal(input.requiredText("Principal")),
                input.requiredText("Action"),
                conditions);
    }

    private static void addIfSet(List<Condition> conditions, Operator operator, String key, @Nullable String value) {
        if (value != null) {
            conditions.add(new Condition(operator.wireName(), key, value));
        }
    }

    /** As a policy names it: an account by its root. */
    private static String principal(String asked) {
        if (ACCOUNT.matcher(asked).matches()) {
            return "arn:aws:iam::" + asked + ":root";
        }
        if (asked.equals("*")
                || SERVICE.matcher(asked).matches()
                || PRINCIPAL_ARN.matcher(asked).matches()) {
            return asked;
        }
        throw invalid("The provided principal was invalid. Please check the principal and try again.");
    }

    ApiAnswer remove(ApiRequest request) throws Exception {
        var input = InputReader.read(RequestShapes.REMOVE_PERMISSION, Requests.parameters(request));
        var identifier = functions.identified(request, input);
        var function = identifier
                .function()
                .orElseThrow(() -> notFound("No policy found for: " + identifier.unqualifiedArn()));
        var change = new SettingChange.RemovePermission(input.requiredText("StatementId"), input.text("RevisionId"));
        var _ = Requests.done(
                registry.submit(new RegistryCommand.ChangeSetting(function, identifier.qualifier(), change)));
        return ApiAnswer.empty(204);
    }

    ApiAnswer get(ApiRequest request) {
        var identifier = functions.identified(
                request, InputReader.read(RequestShapes.ONE_VERSION, Requests.parameters(request)));
        var qualifier = identifier.qualifier();
        var function = identifier
                .function()
                .flatMap(registry.view()::function)
                .orElseThrow(() -> Functions.notFound(identifier.arn()));
        var policy = policy(function.function().function(), qualifier);
        var revision = revision(function, qualifier);
        return ApiAnswer.json(200, json -> {
            json.writeStartObject();
            json.writeStringField("Policy", PolicyJson.of(policy));
            json.writeStringField("RevisionId", revision);
            json.writeEndObject();
        });
    }

    private PolicyRecord policy(FunctionArn function, @Nullable String qualifier) {
        return registry.view().policy(function, qualifier).orElseThrow(Permissions::noPolicy);
    }

    /** That of what the policy is attached to. */
    private static String revision(FunctionView function, @Nullable String qualifier) {
        Optional<String> revision = qualifier == null
                ? function.version(new Version.Latest()).map(version -> version.revisionId())
                : function.alias(qualifier)
                        .map(alias -> alias.revisionId())
                        .or(() -> function.versionOf(qualifier).map(version -> version.revisionId()));
        return revision.orElseThrow(Permissions::noPolicy);
    }

    private static LambdaApiException noPolicy() {
        return notFound("The resource you requested does not exist.");
    }

    private static LambdaApiException notFound(String message) {
        return new LambdaApiException(ErrorCode.RESOURCE_NOT_FOUND, message);
    }

    private static LambdaApiException invalid(String message) {
        return new LambdaApiException(ErrorCode.INVALID_PARAMETER_VALUE, message);
    }
}
