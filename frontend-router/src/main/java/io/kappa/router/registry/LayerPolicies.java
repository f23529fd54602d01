package io.kappa.router.registry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.kappa.contracts.registry.LayerVersionRecord;
import io.kappa.contracts.registry.LayerVersionRecord.Statement;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.regex.Pattern;

/** The policy of a version of a layer in AWS's language, and whom it lets. */
public final class LayerPolicies {
    /** What all that a policy can allow is called. */
    public static final String ACTION = "lambda:GetLayerVersion";

    /** Said where there is no policy. */
    public static final String NONE = "No policy is associated with the given resource.";

    private static final JsonFactory JSON = new JsonFactory();
    private static final Pattern ACCOUNT = Pattern.compile("\\d{12}");

    private interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    /** The whole policy of a version that has one. */
    public static String document(LayerVersionRecord version) {
        var policy = version.policy();
        var statements = policy == null ? List.<Statement>of() : policy.statements();
        return json(json -> {
            json.writeStartObject();
            json.writeStringField("Version", "2012-10-17");
            json.writeStringField("Id", "default");
            json.writeArrayFieldStart("Statement");
            for (var statement : statements) {
                write(json, version, statement);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    /** One statement of it. */
    public static String document(LayerVersionRecord version, Statement statement) {
        return json(json -> write(json, version, statement));
    }

    private static void write(JsonGenerator json, LayerVersionRecord version, Statement statement) throws IOException {
        json.writeStartObject();
        json.writeStringField("Sid", statement.id());
        json.writeStringField("Effect", "Allow");
        if (statement.principal().equals("*")) {
            json.writeStringField("Principal", "*");
        } else {
            json.writeObjectFieldStart("Principal");
            json.writeStringField("AWS", root(statement.principal()));
            json.writeEndObject();
        }
        json.writeStringField("Action", ACTION);
        json.writeStringField("Resource", version.version().toString());
        if (statement.organization() != null) {
            json.writeObjectFieldStart("Condition");
            json.writeObjectFieldStart("StringEquals");
            json.writeStringField("aws:PrincipalOrgID", statement.organization());
            json.writeEndObject();
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static String root(String principal) {
        return ACCOUNT.matcher(principal).matches() ? "arn:aws:iam::" + principal + ":root" : principal;
    }

    /** Whether an account may use the version. Accounts belong to no organization here, so statements about one let nobody. */
    public static boolean let(String account, LayerVersionRecord version) {
        var policy = version.policy();
        return version.version().layer().account().equals(account)
                || (policy != null && policy.statements().stream().anyMatch(statement -> lets(account, statement)));
    }

    private static boolean lets(String account, Statement statement) {
        return statement.organization() == null
                && (statement.principal().equals("*")
                        || root(statement.principal()).endsWith(":iam::" + account + ":root"));
    }

    private static String json(Body body) {
        var text = new StringWriter();
        try (var json = JSON.createGenerator(text)) {
            body.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // Memory does not fail to be written.
        }
        return text.toString();
    }

    private LayerPolicies() {}
}
