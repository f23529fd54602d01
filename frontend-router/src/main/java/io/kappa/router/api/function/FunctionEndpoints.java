package io.kappa.router.api.function;

import io.kappa.access.encryption.VariablesCipher;
import io.kappa.access.image.ContainerImages;
import io.kappa.access.object.ObjectStorage;
import io.kappa.router.api.code.CodeIntake;
import io.kappa.router.api.operation.Endpoint;
import io.kappa.router.api.operation.Operation;
import io.kappa.router.dispatch.WorkerDirectory;
import io.kappa.router.provisioning.ProvisionedConcurrency;
import io.kappa.router.registry.AccountQuotas;
import io.kappa.router.registry.Registry;
import java.util.EnumMap;
import java.util.Map;

/** What answers the operations on functions, versions and aliases. */
public final class FunctionEndpoints {

    public static Map<Operation, Endpoint> of(
            Home home,
            Registry registry,
            WorkerDirectory workers,
            ProvisionedConcurrency ready,
            CodeLinks links,
            AccountQuotas quotas,
            VariablesCipher cipher,
            CodeIntake intake,
            ObjectStorage objects,
            ContainerImages images) {
        var functions = new Functions(home, registry);
        var configurations = new ConfigurationJson(cipher);
        var reads = new FunctionReads(home, registry, functions, links, quotas, configurations);
        var changes = new FunctionChanges(
                registry,
                functions,
                new FunctionLayers(home, registry),
                new FunctionImages(images, workers),
                new ConfigurationRules(workers),
                new EnvironmentSeals(cipher),
                configurations,
                intake);
        var eventInvokeConfigs = new EventInvokeConfigs(registry, functions, objects);
        var concurrency = new ReservedConcurrency(registry, functions);
        var aliases = new Aliases(registry, functions);
        var provisioned = new ProvisionedConfigs(registry, functions, ready);
        var runtime = new RuntimeConfigs(registry, functions);
        var signing = new CodeSigningConfigs(home, registry, functions);
        var permissions = new Permissions(registry, functions);
        var endpoints = new EnumMap<Operation, Endpoint>(Operation.class);
        endpoints.put(Operation.CREATE_FUNCTION, changes::createFunction);
        endpoints.put(Operation.GET_FUNCTION, reads::getFunction);
        endpoints.put(Operation.GET_FUNCTION_CONFIGURATION, reads::getFunctionConfiguration);
        endpoints.put(Operation.LIST_FUNCTIONS, reads::listFunctions);
        endpoints.put(Operation.UPDATE_FUNCTION_CODE, changes::updateFunctionCode);
        endpoints.put(Operation.UPDATE_FUNCTION_CONFIGURATION, changes::updateFunctionConfiguration);
        endpoints.put(Operation.DELETE_FUNCTION, changes::deleteFunction);
        endpoints.put(Operation.PUBLISH_VERSION, changes::publishVersion);
        endpoints.put(Operation.LIST_VERSIONS_BY_FUNCTION, reads::listVersions);
        endpoints.put(Operation.CREATE_ALIAS, aliases::create);
        endpoints.put(Operation.GET_ALIAS, aliases::get);
        endpoints.put(Operation.UPDATE_ALIAS, aliases::update);
        endpoints.put(Operation.DELETE_ALIAS, aliases::delete);
        endpoints.put(Operation.LIST_ALIASES, aliases::list);
        endpoints.put(Operation.PUT_PROVISIONED_CONCURRENCY_CONFIG, provisioned::put);
        endpoints.put(Operation.GET_PROVISIONED_CONCURRENCY_CONFIG, provisioned::get);
        endpoints.put(Operation.DELETE_PROVISIONED_CONCURRENCY_CONFIG, provisioned::delete);
        endpoints.put(Operation.LIST_PROVISIONED_CONCURRENCY_CONFIGS, provisioned::list);
        endpoints.put(Operation.GET_ACCOUNT_SETTINGS, reads::getAccountSettings);
        endpoints.put(Operation.PUT_FUNCTION_EVENT_INVOKE_CONFIG, eventInvokeConfigs::put);
        endpoints.put(Operation.UPDATE_FUNCTION_EVENT_INVOKE_CONFIG, eventInvokeConfigs::update);
        endpoints.put(Operation.GET_FUNCTION_EVENT_INVOKE_CONFIG, eventInvokeConfigs::get);
        endpoints.put(Operation.DELETE_FUNCTION_EVENT_INVOKE_CONFIG, eventInvokeConfigs::delete);
        endpoints.put(Operation.LIST_FUNCTION_EVENT_INVOKE_CONFIGS, eventInvokeConfigs::list);
        endpoints.put(Operation.PUT_FUNCTION_CONCURRENCY, concurrency::put);
        endpoints.put(Operation.GET_FUNCTION_CONCURRENCY, concurrency::get);
        endpoints.put(Operation.DELETE_FUNCTION_CONCURRENCY, concurrency::delete);
        endpoints.put(Operation.ADD_PERMISSION, permissions::add);
        endpoints.put(Operation.GET_POLICY, permissions::get);
        endpoints.put(Operation.REMOVE_PERMISSION, permissions::remove);
        endpoints.put(Operation.PUT_FUNCTION_RECURSION_CONFIG, runtime::putRecursion);
        endpoints.put(Operation.GET_FUNCTION_RECURSION_CONFIG, runtime::getRecursion);
        endpoints.put(Operation.PUT_RUNTIME_MANAGEMENT_CONFIG, runtime::putRuntimeManagement);
        endpoints.put(Operation.GET_RUNTIME_MANAGEMENT_CONFIG, runtime::getRuntimeManagement);
        endpoints.put(Operation.CREATE_CODE_SIGNING_CONFIG, signing::create);
        endpoints.put(Operation.GET_CODE_SIGNING_CONFIG, signing::get);
        endpoints.put(Operation.UPDATE_CODE_SIGNING_CONFIG, signing::update);
        endpoints.put(Operation.DELETE_CODE_SIGNING_CONFIG, signing::delete);
        endpoints.put(Operation.LIST_CODE_SIGNING_CONFIGS, signing::list);
        endpoints.put(Operation.LIST_FUNCTIONS_BY_CODE_SIGNING_CONFIG, signing::listFunctions);
        endpoints.put(Operation.PUT_FUNCTION_CODE_SIGNING_CONFIG, signing::attach);
        endpoints.put(Operation.GET_FUNCTION_CODE_SIGNING_CONFIG, signing::getAttached);
        endpoints.put(Operation.DELETE_FUNCTION_CODE_SIGNING_CONFIG, signing::detach);
        return endpoints;
    }

    private FunctionEndpoints() {}
}
