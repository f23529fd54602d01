package io.kappa.router.api.operation;

import java.util.Arrays;
import java.util.List;

/**
 * Every operation of the Lambda API: its name, method and path. A part of the path in braces is a parameter; what follows a question mark
 * must be in the query for the operation to be meant. Those without an endpoint are known, and refused as not built.
 */
public enum Operation {
    // Functions and versions.
    CREATE_FUNCTION("CreateFunction", "POST", "/2015-03-31/functions"),
    GET_FUNCTION("GetFunction", "GET", "/2015-03-31/functions/{FunctionName}"),
    GET_FUNCTION_CONFIGURATION("GetFunctionConfiguration", "GET", "/2015-03-31/functions/{FunctionName}/configuration"),
    LIST_FUNCTIONS("ListFunctions", "GET", "/2015-03-31/functions"),
    UPDATE_FUNCTION_CODE("UpdateFunctionCode", "PUT", "/2015-03-31/functions/{FunctionName}/code"),
    UPDATE_FUNCTION_CONFIGURATION(
            "UpdateFunctionConfiguration", "PUT", "/2015-03-31/functions/{FunctionName}/configuration"),
    DELETE_FUNCTION("DeleteFunction", "DELETE", "/2015-03-31/functions/{FunctionName}"),
    INVOKE("Invoke", "POST", "/2015-03-31/functions/{FunctionName}/invocations"),
    PUBLISH_VERSION("PublishVersion", "POST", "/2015-03-31/functions/{FunctionName}/versions"),
    LIST_VERSIONS_BY_FUNCTION("ListVersionsByFunction", "GET", "/2015-03-31/functions/{FunctionName}/versions"),

    // Aliases.
    CREATE_ALIAS("CreateAlias", "POST", "/2015-03-31/functions/{FunctionName}/aliases"),
    GET_ALIAS("GetAlias", "GET", "/2015-03-31/functions/{FunctionName}/aliases/{Name}"),
    UPDATE_ALIAS("UpdateAlias", "PUT", "/2015-03-31/functions/{FunctionName}/aliases/{Name}"),
    DELETE_ALIAS("DeleteAlias", "DELETE", "/2015-03-31/functions/{FunctionName}/aliases/{Name}"),
    LIST_ALIASES("ListAliases", "GET", "/2015-03-31/functions/{FunctionName}/aliases"),

    // Resource policies.
    ADD_PERMISSION("AddPermission", "POST", "/2015-03-31/functions/{FunctionName}/policy"),
    GET_POLICY("GetPolicy", "GET", "/2015-03-31/functions/{FunctionName}/policy"),
    REMOVE_PERMISSION("RemovePermission", "DELETE", "/2015-03-31/functions/{FunctionName}/policy/{StatementId}"),

    // Event source mappings.
    CREATE_EVENT_SOURCE_MAPPING("CreateEventSourceMapping", "POST", "/2015-03-31/event-source-mappings"),
    GET_EVENT_SOURCE_MAPPING("GetEventSourceMapping", "GET", "/2015-03-31/event-source-mappings/{UUID}"),
    LIST_EVENT_SOURCE_MAPPINGS("ListEventSourceMappings", "GET", "/2015-03-31/event-source-mappings"),
    UPDATE_EVENT_SOURCE_MAPPING("UpdateEventSourceMapping", "PUT", "/2015-03-31/event-source-mappings/{UUID}"),
    DELETE_EVENT_SOURCE_MAPPING("DeleteEventSourceMapping", "DELETE", "/2015-03-31/event-source-mappings/{UUID}"),

    // Concurrency.
    PUT_FUNCTION_CONCURRENCY("PutFunctionConcurrency", "PUT", "/2017-10-31/functions/{FunctionName}/concurrency"),
    DELETE_FUNCTION_CONCURRENCY(
            "DeleteFunctionConcurrency", "DELETE", "/2017-10-31/functions/{FunctionName}/concurrency"),
    GET_FUNCTION_CONCURRENCY("GetFunctionConcurrency", "GET", "/2019-09-30/functions/{FunctionName}/concurrency"),
    PUT_PROVISIONED_CONCURRENCY_CONFIG(
            "PutProvisionedConcurrencyConfig", "PUT", "/2019-09-30/functions/{FunctionName}/provisioned-concurrency"),
    GET_PROVISIONED_CONCURRENCY_CONFIG(
            "GetProvisionedConcurrencyConfig", "GET", "/2019-09-30/functions/{FunctionName}/provisioned-concurrency"),
    DELETE_PROVISIONED_CONCURRENCY_CONFIG(
            "DeleteProvisionedConcurrencyConfig",
            "DELETE",
            "/2019-09-30/functions/{FunctionName}/provisioned-concurrency"),
    LIST_PROVISIONED_CONCURRENCY_CONFIGS(
            "ListProvisionedConcurrencyConfigs",
            "GET",
            "/2019-09-30/functions/{FunctionName}/provisioned-concurrency?List=ALL"),

    // Asynchronous invocation.
    PUT_FUNCTION_EVENT_INVOKE_CONFIG(
            "PutFunctionEventInvokeConfig", "PUT", "/2019-09-25/functions/{FunctionName}/event-invoke-config"),
    UPDATE_FUNCTION_EVENT_INVOKE_CONFIG(
            "UpdateFunctionEventInvokeConfig", "POST", "/2019-09-25/functions/{FunctionName}/event-invoke-config"),
    GET_FUNCTION_EVENT_INVOKE_CONFIG(
            "GetFunctionEventInvokeConfig", "GET", "/2019-09-25/functions/{FunctionName}/event-invoke-config"),
    DELETE_FUNCTION_EVENT_INVOKE_CONFIG(
            "DeleteFunctionEventInvokeConfig", "DELETE", "/2019-09-25/functions/{FunctionName}/event-invoke-config"),
    LIST_FUNCTION_EVENT_INVOKE_CONFIGS(
            "ListFunctionEventInvokeConfigs", "GET", "/2019-09-25/functions/{FunctionName}/event-invoke-config/list"),
    INVOKE_ASYNC("InvokeAsync", "POST", "/2014-11-13/functions/{FunctionName}/invoke-async"),

    // Function URLs and streaming.
    CREATE_FUNCTION_URL_CONFIG("CreateFunctionUrlConfig", "POST", "/2021-10-31/functions/{FunctionName}/url"),
    GET_FUNCTION_URL_CONFIG("GetFunctionUrlConfig", "GET", "/2021-10-31/functions/{FunctionName}/url"),
    UPDATE_FUNCTION_URL_CONFIG("UpdateFunctionUrlConfig", "PUT", "/2021-10-31/functions/{FunctionName}/url"),
    DELETE_FUNCTION_URL_CONFIG("DeleteFunctionUrlConfig", "DELETE", "/2021-10-31/functions/{FunctionName}/url"),
    LIST_FUNCTION_URL_CONFIGS("ListFunctionUrlConfigs", "GET", "/2021-10-31/functions/{FunctionName}/urls"),
    INVOKE_WITH_RESPONSE_STREAM(
            "InvokeWithResponseStream", "POST", "/2021-11-15/functions/{FunctionName}/response-streaming-invocations"),

    // Layers.
    PUBLISH_LAYER_VERSION("PublishLayerVersion", "POST", "/2018-10-31/layers/{LayerName}/versions"),
    GET_LAYER_VERSION("GetLayerVersion", "GET", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}"),
    DELETE_LAYER_VERSION("DeleteLayerVersion", "DELETE", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}"),
    GET_LAYER_VERSION_BY_ARN("GetLayerVersionByArn", "GET", "/2018-10-31/layers?find=LayerVersion"),
    LIST_LAYERS("ListLayers", "GET", "/2018-10-31/layers"),
    LIST_LAYER_VERSIONS("ListLayerVersions", "GET", "/2018-10-31/layers/{LayerName}/versions"),
    ADD_LAYER_VERSION_PERMISSION(
            "AddLayerVersionPermission", "POST", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy"),
    GET_LAYER_VERSION_POLICY(
            "GetLayerVersionPolicy", "GET", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy"),
    REMOVE_LAYER_VERSION_PERMISSION(
            "RemoveLayerVersionPermission",
            "DELETE",
            "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy/{StatementId}"),

    // Tags, account, recursion and runtime management.
    TAG_RESOURCE("TagResource", "POST", "/2017-03-31/tags/{Resource}"),
    LIST_TAGS("ListTags", "GET", "/2017-03-31/tags/{Resource}"),
    UNTAG_RESOURCE("UntagResource", "DELETE", "/2017-03-31/tags/{Resource}"),
    GET_ACCOUNT_SETTINGS("GetAccountSettings", "GET", "/2016-08-19/account-settings"),
    PUT_FUNCTION_RECURSION_CONFIG(
            "PutFunctionRecursionConfig", "PUT", "/2024-08-31/functions/{FunctionName}/recursion-config"),
    GET_FUNCTION_RECURSION_CONFIG(
            "GetFunctionRecursionConfig", "GET", "/2024-08-31/functions/{FunctionName}/recursion-config"),
    PUT_RUNTIME_MANAGEMENT_CONFIG(
            "PutRuntimeManagementConfig", "PUT", "/2021-07-20/functions/{FunctionName}/runtime-management-config"),
    GET_RUNTIME_MANAGEMENT_CONFIG(
            "GetRuntimeManagementConfig", "GET", "/2021-07-20/functions/{FunctionName}/runtime-management-config"),

    // Code signing.
    CREATE_CODE_SIGNING_CONFIG("CreateCodeSigningConfig", "POST", "/2020-04-22/code-signing-configs"),
    LIST_CODE_SIGNING_CONFIGS("ListCodeSigningConfigs", "GET", "/2020-04-22/code-signing-configs"),
    GET_CODE_SIGNING_CONFIG("GetCodeSigningConfig", "GET", "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}"),
    UPDATE_CODE_SIGNING_CONFIG(
            "UpdateCodeSigningConfig", "PUT", "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}"),
    DELETE_CODE_SIGNING_CONFIG(
            "DeleteCodeSigningConfig", "DELETE", "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}"),
    LIST_FUNCTIONS_BY_CODE_SIGNING_CONFIG(
            "ListFunctionsByCodeSigningConfig",
            "GET",
            "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}/functions"),
    PUT_FUNCTION_CODE_SIGNING_CONFIG(
            "PutFunctionCodeSigningConfig", "PUT", "/2020-06-30/functions/{FunctionName}/code-signing-config"),
    GET_FUNCTION_CODE_SIGNING_CONFIG(
            "GetFunctionCodeSigningConfig", "GET", "/2020-06-30/functions/{FunctionName}/code-signing-config"),
    DELETE_FUNCTION_CODE_SIGNING_CONFIG(
            "DeleteFunctionCodeSigningConfig", "DELETE", "/2020-06-30/functions/{FunctionName}/code-signing-config"),

    // Capacity providers.
    CREATE_CAPACITY_PROVIDER("CreateCapacityProvider", "POST", "/2025-11-30/capacity-providers"),
    LIST_CAPACITY_PROVIDERS("ListCapacityProviders", "GET", "/2025-11-30/capacity-providers"),
    GET_CAPACITY_PROVIDER("GetCapacityProvider", "GET", "/2025-11-30/capacity-providers/{CapacityProviderName}"),
    UPDATE_CAPACITY_PROVIDER("UpdateCapacityProvider", "PUT", "/2025-11-30/capacity-providers/{CapacityProviderName}"),
    DELETE_CAPACITY_PROVIDER(
            "DeleteCapacityProvider", "DELETE", "/2025-11-30/capacity-providers/{CapacityProviderName}"),
    LIST_FUNCTION_VERSIONS_BY_CAPACITY_PROVIDER(
            "ListFunctionVersionsByCapacityProvider",
            "GET",
            "/2025-11-30/capacity-providers/{CapacityProviderName}/function-versions"),
    PUT_FUNCTION_SCALING_CONFIG(
            "PutFunctionScalingConfig", "PUT", "/2025-11-30/functions/{FunctionName}/function-scaling-config"),
    GET_FUNCTION_SCALING_CONFIG(
            "GetFunctionScalingConfig", "GET", "/2025-11-30/functions/{FunctionName}/function-scaling-config"),

    // Durable executions.
    GET_DURABLE_EXECUTION("GetDurableExecution", "GET", "/2025-12-01/durable-executions/{DurableExecutionArn}"),
    GET_DURABLE_EXECUTION_HISTORY(
            "GetDurableExecutionHistory", "GET", "/2025-12-01/durable-executions/{DurableExecutionArn}/history"),
    GET_DURABLE_EXECUTION_STATE(
            "GetDurableExecutionState", "GET", "/2025-12-01/durable-executions/{DurableExecutionArn}/state"),
    CHECKPOINT_DURABLE_EXECUTION(
            "CheckpointDurableExecution", "POST", "/2025-12-01/durable-executions/{DurableExecutionArn}/checkpoint"),
    STOP_DURABLE_EXECUTION("StopDurableExecution", "POST", "/2025-12-01/durable-executions/{DurableExecutionArn}/stop"),
    LIST_DURABLE_EXECUTIONS_BY_FUNCTION(
            "ListDurableExecutionsByFunction", "GET", "/2025-12-01/functions/{FunctionName}/durable-executions"),
    SEND_DURABLE_EXECUTION_CALLBACK_SUCCESS(
            "SendDurableExecutionCallbackSuccess",
            "POST",
            "/2025-12-01/durable-execution-callbacks/{CallbackId}/succeed"),
    SEND_DURABLE_EXECUTION_CALLBACK_FAILURE(
            "SendDurableExecutionCallbackFailure", "POST", "/2025-12-01/durable-execution-callbacks/{CallbackId}/fail"),
    SEND_DURABLE_EXECUTION_CALLBACK_HEARTBEAT(
            "SendDurableExecutionCallbackHeartbeat",
            "POST",
            "/2025-12-01/durable-execution-callbacks/{CallbackId}/heartbeat");

    private final String wireName;
    private final String method;
    private final List<String> segments;
    private final String query;

    Operation(String wireName, String method, String template) {
        this.wireName = wireName;
        this.method = method;
        int question = template.indexOf('?');
        String path = question < 0 ? template : template.substring(0, question);
        this.segments = List.copyOf(Arrays.asList(path.substring(1).split("/")));
        this.query = question < 0 ? "" : template.substring(question + 1);
    }

    /** As AWS names it, such as {@code CreateFunction}. */
    public String wireName() {
        return wireName;
    }

    public String method() {
        return method;
    }

    /** The path, part by part; a parameter is written in braces. */
    public List<String> segments() {
        return segments;
    }

    /** What the query must contain for this operation to be meant, or empty. */
    public String query() {
        return query;
    }
}
