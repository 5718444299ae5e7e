// ArgumentPlaces.swift: where the argument that is being collected begins.
//
// Only a file that ends within an argument list asks for it: GNU m4 then names the line of
// the parenthesis or comma before the argument. So no lines are counted while all is well;
// what is kept is a place in the input, and the lines up to it are counted before the
// memory of that input goes.

struct ArgumentPlace: BitwiseCopyable {
  /// Of what was being read; of a file the line of `counted`.
  fileprivate(set) var location: Location
  fileprivate let counted: UnsafePointer<UInt8>
  /// Behind the parenthesis or comma.
  fileprivate let cursor: UnsafePointer<UInt8>
  /// Whether `location` is the place itself, and so for all calls around this one.
  fileprivate var isSettled = false
}

extension Processor {
  /// The place of the byte before the cursor.
  @inline(__always)
  var argumentPlace: ArgumentPlace {
    ArgumentPlace(
      location: blocks.top.location, counted: blocks.top.kind == .file ? blocks.top.counted : cursor,
      cursor: cursor)
  }

  /// Counts lines while there is still something to count them in.
  mutating func settleArgumentPlaces() {
    var index = frames.count - 1
    while index >= 0, !frames[index].place.isSettled {
      let place = frames[index].place
      let lines = Bytes(start: place.counted, count: max(place.cursor - place.counted - 1, 0))
      frames[index].place.location.line &+= Int32(truncatingIfNeeded: lines.count { $0 == 0x0A })
      frames[index].place.isSettled = true
      index -= 1
    }
  }
}
