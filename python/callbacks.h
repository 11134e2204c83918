/* Callbacks of the library that enter Python. This is cffi's notation, not C: make_ffi.py reads it. */
extern "Python" {
    bool aann_python_interrupted(void *context);
    aann_status aann_python_losses(void *context, const aann_objective_request *request, aann_error *error);
    void aann_python_members(void *context, const aann_member_report *members, size_t count);
    void aann_python_waits(void *context);
    bool aann_python_frame(void *context, const aann_car_frame *frame);
    void aann_python_dagger(void *context, const aann_dagger_progress *progress);
}
