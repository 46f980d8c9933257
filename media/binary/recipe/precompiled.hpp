// Headers that nearly every file of the worker parses. Only what is self-contained and the same for every file may stand
// here: upstream's Logger.hpp, for instance, reads macros which each file defines for itself.
#pragma once

#include "common.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstring>
#include <deque>
#include <iomanip>
#include <limits>
#include <list>
#include <map>
#include <set>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

#include <uv.h>
#include <absl/types/optional.h>
#include <ankerl/unordered_dense.h>
#include <flatbuffers/flatbuffers.h>

#include "FBS/message.h"
#include "FBS/notification.h"
#include "FBS/request.h"
#include "FBS/response.h"
