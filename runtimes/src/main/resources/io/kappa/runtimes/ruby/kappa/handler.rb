# frozen_string_literal: true

module Kappa
  # The method that a handler's name stands for: FILE.METHOD or FILE.CLASS.METHOD.
  class Handler
    def initialize(name)
      parts = name.split('.')
      unless [2, 3].include?(parts.size)
        raise ArgumentError, "Invalid handler #{parts}, must be of form FILENAME.METHOD or FILENAME.CLASS.METHOD where " \
                             'FILENAME corresponds with an existing Ruby source file FILENAME.rb, CLASS is an optional ' \
                             'module/class namespace and METHOD is a callable method. If using CLASS, METHOD must be a ' \
                             'class-level method.'
      end
      @file = parts.first
      @class_name = parts[1] if parts.size == 3
      @method = parts.last
    end

    def load
      task_root = ENV['LAMBDA_TASK_ROOT'] || Dir.pwd
      $LOAD_PATH.unshift(task_root) unless $LOAD_PATH.include?(task_root)
      require @file
    end

    def call(event:, context:)
      receiver = @class_name ? Object.const_get(@class_name) : self.class::MAIN
      receiver.__send__(@method, event: event, context: context)
    end

    # Methods defined at the top of a file are private methods of every object.
    MAIN = TOPLEVEL_BINDING.receiver
  end
end
