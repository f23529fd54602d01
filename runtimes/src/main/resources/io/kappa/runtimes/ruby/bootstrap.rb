# frozen_string_literal: true

# Starts the Ruby runtime: finds the handler, then answers one event after the other until the process is killed.

require 'json'
require_relative 'kappa/runtime_api'
require_relative 'kappa/lambda_context'
require_relative 'kappa/handler'
require_relative 'kappa/failure'
require_relative 'kappa/logs'

module Kappa
  # The loop of one process.
  class Runtime
    # Set where this process was started before it was known for which function.
    PARKED = '_KAPPA_PARKED'

    def initialize(api)
      @api = api
    end

    def run
      become(@api.assignment) if ENV.key?(PARKED)
      Logs.choose_format
      load_handler(ENV.fetch('_HANDLER'))
      loop { answer_one }
    rescue RuntimeApi::Gone => e
      warn e.message
      exit! 1
    end

    private

    # Makes of this process what it would be had it been started with these variables, in the directory of that function.
    def become(assignment)
      before = library_path
      ENV.replace(assignment.split("\0").to_h { |variable| variable.split('=', 2) })
      Dir.chdir(ENV.fetch('LAMBDA_TASK_ROOT'))
      moved = before.zip(library_path).to_h
      $LOAD_PATH.map! { |path| moved.fetch(path, path) }
      Gem.clear_paths if defined?(Gem) # It has looked where there was nothing of the function yet.
    end

    def library_path
      ENV['RUBYLIB'].to_s.split(':')
    end

    def load_handler(name)
      @handler = Handler.new(name)
      @handler.load
      Logs.adopt_logger
    rescue SignalException
      raise
    rescue Exception => e # LoadError and SyntaxError are no StandardErrors.
      failure = Failure.new(e, 'Init')
      failure.print("Init error when loading handler #{name}")
      @api.fail_init(failure.to_json, failure.category)
      exit! 1
    end

    def answer_one
      event = @api.next
      id = event.headers['lambda-runtime-aws-request-id']
      Logs.request_id = id
      ENV['_X_AMZN_TRACE_ID'] = event.headers['lambda-runtime-trace-id']
      body, content_type = call(event)
      @api.respond(id, body, content_type)
    rescue RuntimeApi::Gone, SignalException
      raise
    rescue StandardError => e
      fail_with(id, Failure.new(e, 'Function'), 'Error raised from handler method')
    rescue Exception => e # The function asked to exit, or something is broken beyond the handler.
      fail_with(id, Failure.new(e, 'Function'), 'Critical exception from handler')
      exit!(e.is_a?(SystemExit) ? e.status : 1)
    end

    def call(event)
      input = event.json? ? JSON.parse(event.body.empty? ? '{}' : event.body) : event.body
      result = @handler.call(event: input, context: LambdaContext.new(event.headers))
      # Objects that can be read are sent as they are.
      return [result.read, 'application/unknown'] if result.is_a?(IO) || (defined?(StringIO) && result.is_a?(StringIO))

      [result.to_json, 'application/json']
    end

    def fail_with(id, failure, title)
      failure.print(title)
      @api.fail(id, failure.to_json, failure.category)
    end
  end
end

$stdout.sync = true # A frozen process prints nothing.
$stderr.sync = true
Kappa::Runtime.new(Kappa::RuntimeApi.new(ENV.fetch('AWS_LAMBDA_RUNTIME_API'))).run
