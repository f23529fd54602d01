package io.kappa.router.api.function;

import io.kappa.router.api.operation.Endpoint;
import io.kappa.router.api.operation.Operation;
import io.kappa.router.dispatch.WorkerDirectory;
import io.kappa.router.registry.Registry;
import java.util.Map;

/** What answers the operations on functions and versions. */
public final class FunctionEndpoints {

    public static Map<Operation, Endpoint> of(Home home, Registry registry, WorkerDirectory workers, CodeLinks links) {
        var functions = new Functions(home, registry);
        var reads = new FunctionReads(home, registry, functions, links);
        var changes = new FunctionChanges(registry, functions, new ConfigurationRules(workers));
        return Map.of(
                Operation.CREATE_FUNCTION, changes::createFunction,
                Operation.GET_FUNCTION, reads::getFunction,
                Operation.GET_FUNCTION_CONFIGURATION, reads::getFunctionConfiguration,
                Operation.LIST_FUNCTIONS, reads::listFunctions,
                Operation.UPDATE_FUNCTION_CODE, changes::updateFunctionCode,
                Operation.UPDATE_FUNCTION_CONFIGURATION, changes::updateFunctionConfiguration,
                Operation.DELETE_FUNCTION, changes::deleteFunction,
                Operation.PUBLISH_VERSION, changes::publishVersion,
                Operation.LIST_VERSIONS_BY_FUNCTION, reads::listVersions,
                Operation.GET_ACCOUNT_SETTINGS, reads::getAccountSettings);
    }

    private FunctionEndpoints() {}
}
